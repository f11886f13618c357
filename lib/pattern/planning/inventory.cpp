#include "lib/pattern/planning/inventory.h"

#include <algorithm>

#include "lib/base/base64.h"
#include "lib/base/format.h"
#include "lib/base/number.h"
#include "lib/base/sha256.h"
#include "lib/base/text.h"
#include "lib/kube/errors.h"

namespace weft::pattern {
namespace {

using base::Result;
using doc::Value;

constexpr const char* kTooling = "applyset.kubernetes.io/tooling";
constexpr const char* kKinds = "applyset.kubernetes.io/contains-group-kinds";
constexpr const char* kNamespaces = "applyset.kubernetes.io/additional-namespaces";

std::string bytes_of(std::string_view hex) {
  const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  std::string out;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    out += static_cast<char>(digit(hex[i]) * 16 + digit(hex[i + 1]));
  return out;
}

std::string joined(const std::set<std::string>& words) {
  return base::join(std::vector<std::string>(words.begin(), words.end()), ",");
}

std::set<std::string> parted(std::string_view text) {
  std::set<std::string> out;
  for (std::string_view word : base::split(text, ','))
    if (!word.empty()) out.emplace(word);
  return out;
}

// "Deployment.apps" as a resource for a list: "deployments.apps". The plural of a kind that is not
// known would be a guess; kubectl takes the kind, too.
std::string resource_of(const std::string& group_kind) {
  const auto dot = group_kind.find('.');
  const std::string_view kind = std::string_view(group_kind).substr(0, dot);
  const std::string_view group =
      dot == group_kind.npos ? "" : std::string_view(group_kind).substr(dot + 1);
  if (kube::find_kind(group, kind) == nullptr) return group_kind;
  const std::string plural = kube::plural_of(group, kind);
  return group.empty() ? plural : fmt::format("{}.{}", plural, group);
}

class MemberList {
 public:
  MemberList(kube::Cluster& cluster, const Inventory& inventory, const Holdings& holdings)
      : cluster_(cluster),
        holdings_(holdings),
        selector_(fmt::format("{}={}", kMemberLabel, inventory.id())) {}

  Result<kube::Objects> run() {
    if (holdings_.kinds.empty()) return kube::Objects{};
    std::vector<std::string> resources;
    for (const std::string& kind : holdings_.kinds) resources.push_back(resource_of(kind));
    auto all = list(base::join(resources, ","), {});
    if (all.ok()) return all;
    const kube::Failure failure = kube::failure_of(all.error());
    if (failure != kube::Failure::forbidden && failure != kube::Failure::no_such_kind)
      return all.error();
    for (const std::string& resource : resources) WEFT_CHECK(add_kind(resource));
    return std::move(out_);
  }

 private:
  Result<kube::Objects> list(const std::string& resource, const std::string& ns) {
    return cluster_.list({.resource = resource, .ns = ns, .selector = selector_, .fields = {}});
  }

  Result<void> add_kind(const std::string& resource) {
    auto found = list(resource, {});
    if (!found.ok() && kube::failure_of(found.error()) == kube::Failure::no_such_kind) return {};
    if (!found.ok() && kube::failure_of(found.error()) == kube::Failure::forbidden) {
      for (const std::string& ns : holdings_.namespaces) {
        WEFT_TRY(some, list(resource, ns));
        add(std::move(some));
      }
      return {};
    }
    if (!found.ok()) return found.error();
    add(std::move(*found));
    return {};
  }

  void add(kube::Objects objects) {
    for (kube::Object& object : objects) out_.push_back(std::move(object));
  }

  kube::Cluster& cluster_;
  const Holdings& holdings_;
  std::string selector_;
  kube::Objects out_;
};

}  // namespace

std::string object_name(std::string_view text) {
  std::string out;
  for (char c : base::lower(text)) {
    const bool fine = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (fine)
      out += c;
    else if (!out.empty() && out.back() != '-')
      out += '-';
  }
  constexpr std::size_t kLongest = 40;
  out.resize(std::min(out.size(), kLongest));
  while (out.ends_with('-')) out.pop_back();
  return out.empty() ? "pattern" : out;
}

kube::Ref Inventory::parent() const {
  return kube::make_ref("v1", "ConfigMap", ns, "weft-pattern-" + object_name(pattern));
}

std::string Inventory::id() const {
  const std::string name = fmt::format("{}.{}.ConfigMap.", parent().name, ns);
  std::string text = base::base64_encode(bytes_of(base::sha256_hex(name)));
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  while (text.ends_with('=')) text.pop_back();
  return fmt::format("applyset-{}-v1", text);
}

void label_member(kube::Object& object, const std::string& id) {
  Value& metadata = *object.find("metadata");
  Value* labels = metadata.find("labels");
  if (labels == nullptr || !labels->is_map()) {
    metadata.set("labels", Value::map());
    labels = metadata.find("labels");
  }
  labels->set(kMemberLabel, id);
}

void add_holdings(Holdings& out, const kube::Objects& objects) {
  for (const kube::Object& object : objects) {
    const kube::Ref ref = kube::ref_of(object);
    out.kinds.insert(ref.group.empty() ? ref.kind : fmt::format("{}.{}", ref.kind, ref.group));
    if (!ref.ns.empty()) out.namespaces.insert(ref.ns);
  }
}

kube::Object parent_of(const Inventory& inventory, const Holdings& holdings,
                       const std::string& weft_version) {
  std::set<std::string> others = holdings.namespaces;
  others.erase(inventory.ns);
  Value labels, annotations, metadata, data, out;
  labels.set(kParentLabel, inventory.id()).set("app.kubernetes.io/managed-by", "weft");
  annotations.set(kTooling, "weft/v" + weft_version)
      .set(kKinds, joined(holdings.kinds))
      .set(kNamespaces, joined(others));
  metadata.set("name", inventory.parent().name)
      .set("namespace", inventory.ns)
      .set("labels", std::move(labels))
      .set("annotations", std::move(annotations));
  data.set("pattern", inventory.pattern)
      .set("meshes", joined(holdings.meshes))
      .set("marks", joined(holdings.marks));
  out.set("apiVersion", "v1")
      .set("kind", "ConfigMap")
      .set("metadata", std::move(metadata))
      .set("data", std::move(data));
  return out;
}

Holdings holdings_of(const kube::Object& parent) {
  Holdings out{parted(kube::annotation_of(parent, kKinds)),
               parted(kube::annotation_of(parent, kNamespaces)),
               parted(kube::text_at(parent, {"data", "meshes"})),
               parted(kube::text_at(parent, {"data", "marks"}))};
  out.namespaces.emplace(kube::namespace_of(parent));
  return out;
}

Result<kube::Objects> list_members(kube::Cluster& cluster, const Inventory& inventory,
                                   const Holdings& holdings) {
  return MemberList(cluster, inventory, holdings).run();
}

Result<std::string> Owners::other_than_us(const kube::Object& live) {
  const std::string id(kube::label_of(live, kMemberLabel));
  if (id.empty() || id == inventory_.id()) return std::string();
  if (const auto known = names_.find(id); known != names_.end()) return known->second;
  WEFT_TRY(name, name_of(id));
  return names_.emplace(id, std::move(name)).first->second;
}

// Parents of other tools may be of any kind, or out of reach: then the id has to do.
Result<std::string> Owners::name_of(const std::string& id) {
  auto parents = cluster_.list({.resource = "configmaps",
                                .ns = {},
                                .selector = fmt::format("{}={}", kParentLabel, id),
                                .fields = {}});
  if (!parents.ok() && kube::failure_of(parents.error()) != kube::Failure::forbidden)
    return parents.error();
  if (!parents.ok() || parents->empty()) return "another ApplySet, " + id;
  const kube::Object& parent = parents->front();
  const std::string_view pattern = kube::text_at(parent, {"data", "pattern"});
  const std::string_view ns = kube::namespace_of(parent);
  if (pattern.empty() || kube::label_of(parent, "app.kubernetes.io/managed-by") != "weft")
    return fmt::format("ApplySet {}/{}", ns, kube::name_of(parent));
  return fmt::format("pattern {}{}", pattern,
                     ns == inventory_.ns ? "" : fmt::format(" of namespace {}", ns));
}

}  // namespace weft::pattern
