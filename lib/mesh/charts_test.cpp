// The catalogue against what the published charts hold: their values.yaml and the objects that
// they render.
#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <set>

#include "lib/base/file.h"
#include "lib/base/text.h"
#include "lib/doc/read.h"
#include "lib/mesh/detect.h"
#include "lib/mesh/detect_parts.h"
#include "lib/testkit/paths.h"

namespace weft::mesh {
namespace {

namespace fs = std::filesystem;

template <typename T>
T taken(base::Result<T> result) {
  if (!result.ok()) FAIL(result.error().where.text() << ": " << result.error().message);
  return *std::move(result);
}

const Catalog& catalog() {
  static const Catalog builtin = Catalog::builtin();
  return builtin;
}

std::optional<std::string> charts() {
  auto folder = testkit::realdata("charts");
  if (!folder) WARN("skipped: the published charts are not beside the checkout");
  return folder;
}

// The folder of a mesh among the published charts; that of add-ons is shared.
std::string folder_of(const Mesh& mesh, const std::string& suffix = {}) {
  return mesh.kind == Kind::addon ? "addons" : mesh.id + suffix;
}

std::vector<std::string> files_below(const std::string& folder) {
  std::vector<std::string> files;
  if (!fs::exists(folder)) return files;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.is_regular_file() && entry.path().extension() == ".yaml")
      files.push_back(entry.path().string());
  std::ranges::sort(files);
  return files;
}

// The documents of a stream, as text: most are CRDs, which need no parsing here.
std::vector<std::string> documents_of(const std::string& path) {
  const auto text = taken(base::read_file(path));
  std::vector<std::string> documents(1);
  for (const auto line : base::split(text, '\n')) {
    if (line.starts_with("---"))
      documents.emplace_back();
    else
      documents.back().append(line).append("\n");
  }
  return documents;
}

std::string field(const std::string& document, const std::string& key) {
  const auto at = ("\n" + document).find("\n" + key + ": ");
  if (at == std::string::npos) return {};
  const auto start = at + key.size() + 2;
  return std::string(base::trim(document.substr(start, document.find('\n', start) - start)));
}

// Helm takes the last of two equal keys, and one chart relies on it; we do not.
std::string without_line(const std::string& text, std::uint32_t number) {
  std::string rest;
  std::uint32_t at = 0;
  for (const auto line : base::split(text, '\n'))
    if (++at != number) rest.append(line).append("\n");
  return rest;
}

struct Rendered {
  kube::Objects objects;                      // workloads, webhooks, API services, namespaces
  std::map<std::string, std::uint64_t> crds;  // by group
};

void add_file(Rendered& rendered, const std::string& path) {
  constexpr std::string_view kKinds[] = {"Deployment",
                                         "DaemonSet",
                                         "StatefulSet",
                                         "Namespace",
                                         "APIService",
                                         "MutatingWebhookConfiguration",
                                         "ValidatingWebhookConfiguration"};
  for (const auto& document : documents_of(path)) {
    const auto kind = field(document, "kind");
    if (kind == "CustomResourceDefinition") ++rendered.crds[field(document, "  group")];
    if (std::ranges::find(kKinds, kind) == std::end(kKinds)) continue;
    auto objects = kube::read_objects(doc::Source(path, document));
    std::string text = document;
    while (!objects.ok() && objects.error().message.ends_with("stands twice in one map")) {
      text = without_line(text, objects.error().where.line);
      objects = kube::read_objects(doc::Source(path, text));
    }
    for (auto& object : taken(std::move(objects))) rendered.objects.push_back(std::move(object));
  }
}

Rendered render(const std::string& chart) {
  Rendered rendered;
  for (const auto* part : {"/templates", "/crds"})
    for (const auto& path : files_below(chart + part)) add_file(rendered, path);
  return rendered;
}

// Every chart of the mesh that is there, in one.
Rendered render_all(const Mesh& mesh, const std::string& root, const std::string& suffix = {}) {
  Rendered all;
  for (const auto& step : mesh.steps) {
    auto one = render(root + "/" + folder_of(mesh, suffix) + "/" + step.chart);
    std::ranges::move(one.objects, std::back_inserter(all.objects));
    for (const auto& [group, count] : one.crds) all.crds[group] += count;
  }
  if (mesh.driver == Driver::kustomize)
    for (const auto& path : files_below(root + "/" + mesh.id + "/kustomize"))
      if (path.find("patch") == std::string::npos) add_file(all, path);
  return all;
}

bool is_rendered(const std::string& root, const Mesh& mesh, const Step& step) {
  return mesh.driver == Driver::kustomize ||
         fs::exists(root + "/" + folder_of(mesh) + "/" + step.chart);
}

const kube::Object* find(const Rendered& rendered, std::string_view kind, std::string_view name) {
  for (const auto& object : rendered.objects)
    if (kube::text_at(object, {"kind"}) == kind && fits(name, kube::name_of(object)))
      return &object;
  return nullptr;
}

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
    const auto here = path.empty() ? member.key : path + "." + member.key;
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
  for (const Mesh* mesh : taken(catalog().all())) {
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
  for (const Mesh* mesh : taken(catalog().all())) {
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
  for (const Mesh* mesh : taken(catalog().all())) {
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
  for (const Mesh* mesh : taken(catalog().all())) {
    const auto rendered = render_all(*mesh, *root);
    const bool runtime = std::ranges::any_of(
        mesh->steps, [](const Step& step) { return step.crds == Crds::runtime; });
    if (rendered.objects.empty() || runtime) continue;
    INFO(mesh->id);
    CHECK(rendered.crds == mesh->crd_groups);
  }
}

TEST_CASE("each published chart is recognised as its mesh, at its version") {
  const auto root = charts();
  if (!root) return;
  const auto version_found = [&](const std::string& id, const std::string& suffix = {}) {
    INFO(id << suffix);
    const Mesh& mesh = *taken(catalog().find(id));
    const auto rendered = render_all(mesh, *root, suffix);
    for (const auto& finding : taken(detect(catalog(), {rendered.objects}))) {
      if (finding.mesh != id) continue;
      for (const auto& source : finding.sources)
        UNSCOPED_INFO(source.source << " = " << source.value << " -> " << source.version);
      CHECK(finding.known_version);
      CHECK_FALSE(finding.disagreement);
      CHECK((finding.evidence == Evidence::workload));
      return finding.version;
    }
    return std::string("not found");
  };
  CHECK(version_found("istio") == "1.30.3");
  CHECK(version_found("istio", "-prev") == "1.29.6");
  CHECK(version_found("linkerd") == "2.20");
  CHECK(version_found("linkerd", "-prev") == "2.19");
  CHECK(version_found("consul") == "2.0.3");
  CHECK(version_found("consul", "-prev") == "1.9.11");
  CHECK(version_found("kuma") == "2.14.3");
  CHECK(version_found("kuma", "-prev") == "2.13.10");
  CHECK(version_found("cilium") == "1.20.0");
  CHECK(version_found("cilium", "-prev") == "1.19.6");
  CHECK(version_found("nginx-service-mesh") == "2.0.0");
  CHECK(version_found("nginx-service-mesh", "-prev") == "1.7.0");
  CHECK(version_found("osm") == "1.2.4");
  CHECK(version_found("osm", "-prev") == "1.1.3");
  CHECK(version_found("traefik-mesh") == "v1.4.1");
  CHECK(version_found("app-mesh") == "1.13.3");
  CHECK(version_found("kmesh") == "0.1.0");
  CHECK(version_found("network-service-mesh") == "v1.18.0");
  CHECK(version_found("prometheus") == "29.27.0");
  CHECK(version_found("grafana") == "12.11.1");
  CHECK(version_found("jaeger") == "4.11.1");
  CHECK(version_found("kiali") == "2.29.0");
}

TEST_CASE("no chart is taken for another mesh") {
  const auto root = charts();
  if (!root) return;
  for (const Mesh* mesh : taken(catalog().all())) {
    if (mesh->kind == Kind::addon) continue;
    const auto rendered = render_all(*mesh, *root);
    for (const auto& finding : taken(detect(catalog(), {rendered.objects}))) {
      if (taken(catalog().find(finding.mesh))->kind == Kind::addon) continue;
      INFO(mesh->id);
      CHECK(finding.mesh == mesh->id);
    }
  }
}

}  // namespace weft::mesh
