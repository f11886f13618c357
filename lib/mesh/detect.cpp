#include "lib/mesh/detect.h"

#include <algorithm>
#include <set>

#include "lib/base/format.h"
#include "lib/mesh/detect_parts.h"
#include "lib/mesh/proxies.h"

namespace weft::mesh {
namespace {

using kube::Object;

// "kuma-2.14.3" -> "2.14.3"
std::string_view version_of_chart(std::string_view chart) {
  for (std::size_t i = 0; i + 1 < chart.size(); ++i)
    if (chart[i] == '-' && chart[i + 1] >= '0' && chart[i + 1] <= '9') return chart.substr(i + 1);
  return {};
}

std::string managed_by(const Object& object) {
  const auto owner = kube::label_of(object, "install.operator.istio.io/owning-resource");
  if (!owner.empty() && owner != "unknown") return "istioctl";
  if (!kube::list_at(object, {"metadata", "ownerReferences"}).empty()) return "operator";
  if (!kube::annotation_of(object, "meta.helm.sh/release-name").empty() ||
      kube::label_of(object, "app.kubernetes.io/managed-by") == "Helm" ||
      kube::label_of(object, "heritage") == "Helm")
    return "helm";
  return "unknown";
}

// The findings of one mesh, by revision.
class MeshDetector {
 public:
  explicit MeshDetector(const Mesh& mesh) : mesh_(mesh) {}

  void look_at(const Object& object) {
    const auto kind = kube::text_at(object, {"kind"});
    if (kind == "Namespace")
      ns(object);
    else if (kind == "MutatingWebhookConfiguration")
      webhook(object);
    else
      workload(object);
  }

  std::vector<Finding> take() {
    join_without_revision();
    for (const Object* webhook : webhooks_) attach(*webhook);
    if (by_revision_.empty() && !namespaces_.empty())
      by_revision_[""] = {.ns = namespaces_.front(), .evidence = Evidence::name};
    std::vector<Finding> findings;
    for (auto& [revision, finding] : by_revision_) {
      finding.mesh = mesh_.id;
      finding.revision = revision;
      if (finding.managed_by.empty()) finding.managed_by = "unknown";
      judge(finding);
      findings.push_back(std::move(finding));
    }
    return findings;
  }

 private:
  void workload(const Object& object) {
    for (const auto& signature : mesh_.detect.workloads)
      if (matches(signature, object)) return add(signature, object);
  }

  void webhook(const Object& object) {
    const auto name = kube::name_of(object);
    for (const auto& pattern : mesh_.detect.webhooks)
      if (fits(pattern, name)) {
        webhooks_.push_back(&object);
        return;
      }
  }

  void ns(const Object& object) {
    const auto name = kube::name_of(object);
    if (std::ranges::find(mesh_.detect.namespaces, name) != mesh_.detect.namespaces.end())
      namespaces_.emplace_back(name);
  }

  std::string revision_of(const Object& object) const {
    const auto& label = mesh_.detect.revision_label;
    return label.empty() ? std::string() : std::string(kube::label_of(object, label));
  }

  void source(Finding& finding, std::string text, std::string_view value, bool by_chart) const {
    if (value.empty() || value == "latest") return;
    if (by_chart && !version_of(mesh_, value)) return;  // charts may count differently
    finding.sources.push_back({std::move(text), std::string(value), version_name(mesh_, value)});
  }

  void add(const Signature& signature, const Object& object) {
    Finding& finding = by_revision_[revision_of(object)];
    FoundComponent found{signature.component, kube::ref_of(object), {}};
    if (!signature.container.empty()) {
      const auto tag = version_of_image(image_of(object, signature.container));
      found.version = version_name(mesh_, tag);
      const auto place = fmt::format("{}/{}", found.ref.ns, found.ref.name);
      source(finding, fmt::format("image {} {}", place, signature.container), tag, false);
      source(finding, fmt::format("label app.kubernetes.io/version {}", place),
             kube::label_of(object, "app.kubernetes.io/version"), false);
      for (const auto* label : {"helm.sh/chart", "chart"})
        source(finding, fmt::format("label {} {}", label, place),
               version_of_chart(kube::label_of(object, label)), true);
    }
    if (finding.components.empty() || &signature == &mesh_.detect.workloads.front()) {
      finding.ns = found.ref.ns;
      finding.managed_by = managed_by(object);
      finding.release = kube::annotation_of(object, "meta.helm.sh/release-name");
    }
    finding.components.push_back(std::move(found));
  }

  // Components that carry no revision belong to the first one that there is.
  void join_without_revision() {
    const auto loose = by_revision_.find("");
    if (loose == by_revision_.end() || by_revision_.size() < 2) return;
    Finding& first = std::next(loose)->second;
    std::ranges::move(loose->second.components, std::back_inserter(first.components));
    std::ranges::move(loose->second.sources, std::back_inserter(first.sources));
    by_revision_.erase(loose);
  }

  void attach(const Object& webhook) {
    const auto name = std::string(kube::name_of(webhook));
    auto finding = by_revision_.find(revision_of(webhook));
    if (finding == by_revision_.end() && !by_revision_.empty()) finding = by_revision_.begin();
    if (finding == by_revision_.end()) {
      Finding alone{.managed_by = managed_by(webhook), .evidence = Evidence::webhook};
      finding = by_revision_.emplace(revision_of(webhook), std::move(alone)).first;
    }
    finding->second.webhooks.push_back(name);
  }

  void judge(Finding& finding) const {
    std::ranges::stable_sort(finding.sources, {}, [](const VersionSource& one) {
      return one.source.starts_with("image") ? 0 : one.source.starts_with("label app") ? 1 : 2;
    });
    if (finding.sources.empty()) return;
    finding.version = finding.sources.front().version;
    finding.known_version = version_of(mesh_, finding.version).has_value();
    finding.disagreement = std::ranges::any_of(finding.sources, [&](const VersionSource& one) {
      return plain_version(one.version) != plain_version(finding.version);
    });
  }

  const Mesh& mesh_;
  std::map<std::string, Finding> by_revision_;
  std::vector<const Object*> webhooks_;
  std::vector<std::string> namespaces_;
};

// A distribution's workloads are not its base's as well.
void drop_claimed(const Catalog& catalog, std::vector<Finding>& findings) {
  std::set<std::pair<std::string, kube::Ref>> claimed;
  for (const auto& finding : findings) {
    const auto mesh = catalog.find(finding.mesh);
    if (!mesh.ok() || (*mesh)->capabilities_of.empty()) continue;
    for (const auto& component : finding.components)
      claimed.emplace((*mesh)->capabilities_of, component.ref);
  }
  std::erase_if(findings, [&claimed](const Finding& finding) {
    return !finding.components.empty() &&
           std::ranges::all_of(finding.components, [&](const FoundComponent& component) {
             return claimed.contains({finding.mesh, component.ref});
           });
  });
}

}  // namespace

base::Result<std::vector<Finding>> detect(
    const Catalog& catalog, std::initializer_list<std::span<const kube::Object>> objects) {
  WEFT_TRY(meshes, catalog.all());
  std::vector<Finding> findings;
  for (const Mesh* mesh : meshes) {
    MeshDetector detector(*mesh);
    for (const auto& list : objects)
      for (const auto& object : list) detector.look_at(object);
    std::ranges::move(detector.take(), std::back_inserter(findings));
  }
  drop_claimed(catalog, findings);
  return findings;
}

}  // namespace weft::mesh
