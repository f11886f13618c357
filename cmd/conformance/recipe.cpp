#include "cmd/conformance/recipe.h"

#include <algorithm>

#include "lib/base/file.h"
#include "lib/base/format.h"
#include "lib/mesh/catalog.h"

namespace weft::cmd {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;
using Pairs = std::map<std::string, std::string>;

constexpr std::uint64_t kMostManifest = 1u << 20;

Result<void> add_pair(std::string_view flag, const std::string& text, Pairs& out) {
  const auto equals = text.find('=');
  if (equals == 0 || equals == std::string::npos)
    return Error{ExitCode::usage, fmt::format("{} {} is not KEY=VALUE", flag, text)};
  out[text.substr(0, equals)] = text.substr(equals + 1);
  return {};
}

Result<Pairs> pairs_of(std::string_view flag, const std::vector<std::string>& texts) {
  Pairs out;
  for (const std::string& text : texts) WEFT_CHECK(add_pair(flag, text, out));
  return out;
}

// Objects that a run puts into each of its namespaces.
Result<kube::Objects> objects_of(doc::Source source) {
  const std::string name(source.name());
  WEFT_TRY(objects, kube::read_objects(std::move(source)));
  for (const kube::Object& object : objects)
    if (const kube::Ref ref = kube::ref_of(object); !ref.ns.empty())
      return Error{ExitCode::usage,
                   fmt::format("{} {} of {} names a namespace", ref.kind, ref.name, name),
                   "leave it out: a run puts the object into namespaces of its own"};
  return objects;
}

// What flags say instead of the catalogue.
Result<void> switch_on(std::string_view flag, const std::vector<std::string>& texts,
                       conform::SpaceSwitch& out) {
  if (texts.empty()) return {};
  out = {};
  for (const std::string& text : texts) {
    if (!text.starts_with('@')) {
      WEFT_CHECK(add_pair(flag, text, out.labels));
      continue;
    }
    WEFT_TRY(manifest, base::read_file(text.substr(1), kMostManifest));
    WEFT_TRY(objects, objects_of(doc::Source(text.substr(1), std::move(manifest))));
    out.objects.insert(out.objects.end(), objects.begin(), objects.end());
  }
  out.annotations = out.labels;  // meshes read one of the two; the other does no harm
  return {};
}

Result<void> learn(const mesh::Mesh& mesh, conform::MeshRecipe& out) {
  if (mesh.onboarding.empty()) return {};
  const mesh::Onboarding& join = mesh.onboarding.front();
  out.namespace_labels = join.namespace_labels;
  out.namespace_annotations = join.namespace_annotations;
  // Namespaces are joined where a mesh knows them: then pods need no word of their own.
  if (join.namespace_labels.empty() && join.namespace_annotations.empty()) {
    out.pod_labels = join.pod_labels;
    out.pod_annotations = join.pod_annotations;
  }
  out.outside_labels = out.outside_annotations = join.opt_out;
  for (const mesh::NamespacePolicy& policy : mesh.policies) {
    WEFT_TRY(objects, objects_of(doc::Source(mesh.id + " " + policy.name, policy.manifest)));
    conform::SpaceSwitch& one = policy.name == "deny"          ? out.deny
                                : policy.name == "mtls=strict" ? out.strict
                                                               : out.permissive;
    one = {policy.labels, policy.annotations, std::move(objects)};
  }
  return {};
}

}  // namespace

Result<conform::MeshRecipe> recipe_of(const Context& context, const RecipeFlags& flags) {
  conform::MeshRecipe out;
  if (!flags.mesh.empty()) {
    WEFT_TRY(catalog, mesh::Catalog::open(context.env.config_dir() + "/meshes"));
    if (const auto known = catalog.find(flags.mesh); known.ok()) WEFT_CHECK(learn(**known, out));
  }
  WEFT_TRY(labels, pairs_of("--namespace-label", flags.labels));
  WEFT_TRY(annotations, pairs_of("--namespace-annotation", flags.annotations));
  WEFT_TRY(outside, pairs_of("--outside", flags.outside));
  if (!labels.empty() || !annotations.empty()) {
    out.namespace_labels = std::move(labels);
    out.namespace_annotations = std::move(annotations);
  }
  if (!outside.empty()) out.outside_labels = out.outside_annotations = std::move(outside);
  WEFT_CHECK(switch_on("--deny", flags.deny, out.deny));
  WEFT_CHECK(switch_on("--mtls-strict", flags.strict, out.strict));
  WEFT_CHECK(switch_on("--mtls-permissive", flags.permissive, out.permissive));
  return out;
}

std::vector<cli::Flag> with_recipe_flags(RecipeFlags& o, std::vector<cli::Flag> flags) {
  const auto pair = [](std::string_view name, std::vector<std::string>& target,
                       std::string_view help) {
    return cli::flag(std::string(name), target, std::string(help)).takes("KEY=VALUE").in("Mesh");
  };
  const auto policy = [](std::string_view name, std::vector<std::string>& target,
                         std::string_view help) {
    return cli::flag(std::string(name), target, std::string(help))
        .takes("KEY=VALUE|@FILE")
        .in("Mesh");
  };
  std::vector<cli::Flag> own{
      cli::flag("--mesh", o.mesh,
                "name of the mesh, for the result; one of the catalogue injects as that says")
          .takes("NAME"),
      pair("--namespace-label", o.labels, "label that has the mesh inject its proxy"),
      pair("--namespace-annotation", o.annotations, "likewise an annotation"),
      pair("--outside", o.outside, "label and annotation of a pod that stays without a proxy"),
      policy("--deny", o.deny,
             "label and annotation of a namespace in which only what is allowed gets through, or "
             "objects to put into it"),
      policy("--mtls-strict", o.strict, "likewise where plain text is refused"),
      policy("--mtls-permissive", o.permissive, "likewise where mTLS and plain text get through")};
  flags.insert(flags.end(), std::make_move_iterator(own.begin()),
               std::make_move_iterator(own.end()));
  return flags;
}

}  // namespace weft::cmd
