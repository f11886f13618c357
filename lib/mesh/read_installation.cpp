// Modes, steps, features, profiles, inputs, images: what an installation is made of.
#include "lib/mesh/read_parts.h"

namespace weft::mesh {
namespace {

using doc::Fields;

void read_step(Fields& in, const KnownNames& known, Step& step) {
  in.get("name", step.name).get("release", step.release).get("chart", step.chart);
  in.get("repo", step.repo).get("path", step.path).need("namespace", step.ns);
  in.get("createNamespace", step.create_namespace).get("chartVersion", step.chart_version);
  in.get("when", step.when).get("then", step.then).get("prepare", step.prepare);
  get_enum(in, "crds", step.crds);
  if (step.name.empty()) step.name = step.release;
  if (const doc::Value* values = in.find("values")) step.values = *values;
  if (!step.values.is_null() && !step.values.is_map()) in.fail("values", "must be a map");
  if (in.ok() && step.path.empty() && (step.release.empty() || step.chart.empty()))
    in.fail("chart", "is missing", "a step has release and chart, or name and path");
  if (in.ok() && step.name.empty()) in.fail("name", "is missing");
  if (!step.repo.empty()) check_known(in, "repo", {step.repo}, known.repos);
  check_known(in, "when", step.when, known.modes_and_features());
}

void read_feature(Fields& in, const KnownNames& known, Feature& feature) {
  in.need("name", feature.name).need("summary", feature.summary);
  in.get("manifest", feature.manifest).get("implies", feature.implies);
  in.get("modes", feature.modes).get("automatic", feature.automatic);
  get_values(in, "values", known, feature.values);
  check_known(in, "implies", feature.implies, known.features);
  check_known(in, "modes", feature.modes, known.modes);
}

void read_input(Fields& in, const KnownNames& known, Input& input) {
  in.need("name", input.name).need("help", input.help).need("step", input.step);
  in.get("value", input.value).get("secret", input.secret).get("key", input.key);
  check_known(in, "step", {input.step}, known.steps);
  if (in.ok() && input.value.empty() == input.secret.empty())
    in.fail("value", "or secret, one of them, must be given");
}

void read_images(Fields& in, const KnownNames& known, Images& images) {
  in.each("indirect", images.indirect, [](Fields& f, IndirectImage& image) {
    f.need("name", image.name).get("like", image.like);
  });
  get_values(in, "registry", known, images.registry);
}

}  // namespace

void read_installation(Fields& in, const KnownNames& known, Mesh& mesh) {
  in.each("modes", mesh.modes, [&known](Fields& f, Mode& mode) {
    f.need("name", mode.name).need("summary", mode.summary);
    get_values(f, "values", known, mode.values);
  });
  in.each("repos", mesh.repos, [](Fields& f, Repo& repo) {
    f.need("name", repo.name).get("url", repo.url).get("oci", repo.oci);
  });
  in.each("steps", mesh.steps, [&known](Fields& f, Step& step) { read_step(f, known, step); });
  in.each("inputs", mesh.inputs,
          [&known](Fields& f, Input& input) { read_input(f, known, input); });
  in.each("features", mesh.features,
          [&known](Fields& f, Feature& feature) { read_feature(f, known, feature); });
  in.each("profiles", mesh.profiles, [&known](Fields& f, Profile& profile) {
    f.need("name", profile.name).need("summary", profile.summary);
    f.get("features", profile.features);
    get_values(f, "values", known, profile.values);
    check_known(f, "features", profile.features, known.features);
  });
  in.part("images", mesh.images,
          [&known](Fields& f, Images& images) { read_images(f, known, images); });
  in.part("external", mesh.external, [](Fields& f, External& external) {
    f.need("reason", external.reason).need("next", external.next);
  });
  if (in.ok() && (mesh.driver == Driver::helm || mesh.driver == Driver::kustomize) &&
      mesh.steps.empty())
    in.fail("steps", "are missing",
            "a mesh that weft installs has steps; others `driver: external`");
}

}  // namespace weft::mesh
