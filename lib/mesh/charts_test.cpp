// The catalogue against what the published charts hold: their values.yaml and the objects that
// they render.
#include <algorithm>
#include <filesystem>

#include "lib/base/file.h"
#include "lib/doc/read.h"
#include "lib/mesh/detect_parts.h"
#include "lib/mesh/published_charts_test.h"

namespace weft::mesh {
namespace {

namespace fs = std::filesystem;

// What charts take though their values.yaml does not show it.
bool is_hidden_value(const std::string& step, const std::string& path) {
  const bool istio = step == "istiod" || step == "istio-cni" || step == "ztunnel";
  return (istio && (path == "profile" || path == "global.platform")) ||
         (step == "istiod" && path.starts_with("meshConfig.")) ||
         (step == "kiali-server" && path.starts_with("external_services.")) ||
         (step == "traefik-mesh" && path == "acl");
}

void check_paths(const doc::Value& values, const doc::Value* known, const std::string& path,
                 const std::string& step) {
  for (const auto& member : values.members()) {
    const auto here = path.empty() ? member.key.str() : path + "." + member.key;
    const doc::Value* there = known == nullptr ? nullptr : known->find(member.key);
    if (member.value.is_map()) {
      // An empty map or nothing stands for "anything goes below".
      if (there != nullptr && (there->is_null() || (there->is_map() && there->size() == 0)))
        continue;
      check_paths(member.value, there, here, step);
    } else if (!is_hidden_value(step, here)) {
      INFO(step << ": " << here);
      CHECK(there != nullptr);
    }
  }
}

// Every set of helm values that the catalogue may give to a step.
std::vector<doc::Value> values_of(const Mesh& mesh, const Step& step) {
  std::vector<doc::Value> all;
  if (step.values.is_map()) all.push_back(step.values);
  const auto add = [&](const std::map<std::string, doc::Value>& by_step) {
    if (const auto found = by_step.find(step.name); found != by_step.end())
      all.push_back(found->second);
  };
  for (const auto& mode : mesh.modes) add(mode.values);
  for (const auto& feature : mesh.features) add(feature.values);
  for (const auto& profile : mesh.profiles) add(profile.values);
  add(mesh.images.registry);
  return all;
}

}  // namespace

TEST_CASE("every helm value that the catalogue sets exists in the chart") {
  const auto root = charts();
  if (!root) return;
  int checked = 0;
  for (const Mesh* mesh : taken(builtin_catalog().all())) {
    for (const auto& step : mesh->steps) {
      const auto file = *root + "/" + folder_of(*mesh) + "/" + step.chart + "/values.yaml";
      if (step.chart.empty() || !fs::exists(file)) continue;
      const auto known = taken(doc::read(doc::Source(file, taken(base::read_file(file)))));
      const doc::Value* inner = known.root.find("_internal_defaults_do_not_set");
      for (const auto& values : values_of(*mesh, step)) {
        INFO(mesh->id);
        check_paths(values, inner == nullptr ? &known.root : inner, {}, step.name);
        ++checked;
      }
    }
  }
  CHECK(checked > 60);
}

TEST_CASE("what the catalogue waits for is what the charts render") {
  const auto root = charts();
  if (!root) return;
  for (const Mesh* mesh : taken(builtin_catalog().all())) {
    const auto rendered = render_all(*mesh, *root);
    if (rendered.objects.empty()) continue;
    for (const auto& ready : mesh->ready) {
      const bool expected = std::ranges::any_of(mesh->steps, [&](const Step& step) {
        return step.when == ready.when && is_rendered(*root, *mesh, step);
      });
      if (!expected) continue;
      INFO(mesh->id << " " << ready.kind << " " << ready.name << ready.selector);
      const Signature signature{"", ready.kind, "", ready.name, ready.selector, ""};
      const bool named = find(rendered, ready.kind, ready.name) != nullptr;
      CHECK((ready.selector.empty()
                 ? named
                 : std::ranges::any_of(rendered.objects, [&](const kube::Object& object) {
                     return matches(signature, object);
                   })));
    }
  }
}

TEST_CASE("the webhooks of the catalogue are those of the charts") {
  const auto root = charts();
  if (!root) return;
  for (const Mesh* mesh : taken(builtin_catalog().all())) {
    const auto rendered = render_all(*mesh, *root);
    if (rendered.objects.empty()) continue;
    INFO(mesh->id);
    const auto check = [&](const char* kind, const std::vector<std::string>& names) {
      for (const auto& name : names) {
        INFO(kind << " " << name);
        CHECK((mesh->webhooks.runtime || find(rendered, kind, name) != nullptr));
      }
      for (const auto& object : rendered.objects) {
        if (kube::text_at(object, {"kind"}) != kind) continue;
        INFO("of the chart: " << kube::name_of(object));
        CHECK(std::ranges::any_of(
            names, [&](const auto& name) { return fits(name, kube::name_of(object)); }));
      }
    };
    check("MutatingWebhookConfiguration", mesh->webhooks.mutating);
    check("ValidatingWebhookConfiguration", mesh->webhooks.validating);
  }
}

TEST_CASE("the catalogue counts the CRDs that the charts bring") {
  const auto root = charts();
  if (!root) return;
  for (const Mesh* mesh : taken(builtin_catalog().all())) {
    const auto rendered = render_all(*mesh, *root);
    const bool runtime = std::ranges::any_of(
        mesh->steps, [](const Step& step) { return step.crds == Crds::runtime; });
    if (rendered.objects.empty() || runtime) continue;
    INFO(mesh->id);
    CHECK(rendered.crds == mesh->crd_groups);
  }
}

}  // namespace weft::mesh
