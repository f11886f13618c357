#include "lib/conform/remains.h"

#include <algorithm>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/conform/kubectl_driver.h"

namespace weft::conform {
namespace {

using base::Result;
using base::WallTime;

std::optional<WallTime> seconds_since_1970(std::string_view text) {
  const auto number = base::parse_int(text);
  if (!number) return std::nullopt;
  return WallTime(std::chrono::seconds(*number));
}

std::optional<WallTime> rfc3339(std::string_view text) {
  const auto time = base::parse_rfc3339(text);
  if (!time.ok()) return std::nullopt;
  return *time;
}

// Why the namespace does not go: the condition of the namespace that says what is left in it, and
// whose finalizers that has.
std::string held_by(kube::Cluster& cluster, const std::string& ns) {
  std::vector<std::string> reasons;
  const auto found = cluster.get(kube::make_ref("v1", "Namespace", "", ns));
  if (!found.ok() || !*found) return {};
  for (const char* type : {"NamespaceContentRemaining", "NamespaceFinalizersRemaining"})
    if (const auto* condition = kube::condition(**found, type);
        condition != nullptr && kube::text_at(*condition, {"status"}) == "True")
      reasons.emplace_back(kube::text_at(*condition, {"message"}));
  return base::join(reasons, "; ");
}

// "Some resources are remaining: a.example.com has 1 resource instances, pods. has 2 ...".
std::vector<std::string> resources_in(std::string_view message) {
  std::vector<std::string> out;
  const auto words = base::split(message, ' ');
  for (std::size_t i = 0; i + 1 < words.size(); ++i)
    if (words[i + 1] == "has" && words[i].find('.') != std::string_view::npos) {
      std::string_view name = words[i];
      if (name.ends_with('.')) name.remove_suffix(1);
      out.emplace_back(name);
    }
  return out;
}

void strip_finalizers(kube::Cluster& cluster, const std::string& ns) {
  const auto none =
      doc::Value::map().set("metadata", doc::Value::map().set("finalizers", doc::Value()));
  for (const std::string& resource : resources_in(held_by(cluster, ns))) {
    const auto objects = cluster.list({.resource = resource, .ns = ns});
    if (!objects.ok()) continue;
    for (const kube::Object& object : *objects)
      static_cast<void>(cluster.patch(kube::ref_of(object), kube::PatchType::merge, none));
  }
}

// Whether the namespace is still the one that was found.
bool is_same(kube::Cluster& cluster, const Remains& one) {
  const auto found = cluster.get(kube::make_ref("v1", "Namespace", "", one.ns));
  return found.ok() && *found && kube::text_at(**found, {"metadata", "uid"}) == one.uid &&
         kube::label_of(**found, kRunLabel) == one.run;
}

}  // namespace

Result<std::vector<Remains>> find_remains(kube::Cluster& cluster) {
  WEFT_TRY(objects, cluster.list({.resource = "namespaces,leases.coordination.k8s.io",
                                  .selector = std::string(kRunLabel)}));
  std::vector<Remains> out;
  for (const kube::Object& space : objects) {
    if (kube::ref_of(space).kind != "Namespace") continue;
    Remains one{.ns = std::string(kube::name_of(space)),
                .run = std::string(kube::label_of(space, kRunLabel)),
                .uid = std::string(kube::text_at(space, {"metadata", "uid"})),
                .expires = seconds_since_1970(kube::label_of(space, kExpiresLabel)),
                .created = rfc3339(kube::text_at(space, {"metadata", "creationTimestamp"})),
                .lease_ends = {},
                .kept = !kube::label_of(space, kKeptLabel).empty()};
    // Names and labels both have to say so: labels are copied by all sorts of tools.
    if (one.run.empty() || !one.ns.starts_with("weft-" + one.run + "-")) continue;
    for (const kube::Object& lease : objects)
      if (kube::ref_of(lease).kind == "Lease" && kube::namespace_of(lease) == one.ns)
        if (const auto renewed = rfc3339(kube::text_at(lease, {"spec", "renewTime"})))
          one.lease_ends = *renewed + kLeaseTime;
    out.push_back(std::move(one));
  }
  return out;
}

bool is_alive(const Remains& one, WallTime now) {
  if (one.kept) return false;
  if (one.lease_ends) return *one.lease_ends > now;
  return one.created && *one.created + kLeaseTime > now;
}

bool is_expired(const Remains& one, WallTime now) {
  if (one.expires && *one.expires < now) return true;
  return !one.kept && !is_alive(one, now);
}

std::vector<std::string> remove_remains(kube::Cluster& cluster, const std::vector<Remains>& remains,
                                        const Removal& how) {
  std::vector<kube::Ref> spaces;
  for (const Remains& one : remains)
    if (is_same(cluster, one)) spaces.push_back(kube::make_ref("v1", "Namespace", "", one.ns));
  if (spaces.empty()) return {};
  auto removed = cluster.remove(spaces, {.wait = true, .timeout = how.timeout});
  if (removed.ok()) return {};
  if (how.force_finalizers) {
    for (const kube::Ref& space : spaces) strip_finalizers(cluster, space.name);
    removed = cluster.remove(spaces, {.wait = true, .timeout = how.timeout});
    if (removed.ok()) return {};
  }
  std::vector<std::string> left;
  const auto found = cluster.get_each(spaces);
  for (std::size_t i = 0; i < spaces.size(); ++i) {
    if (found.ok() && !(*found)[i]) continue;
    std::string why = found.ok() ? held_by(cluster, spaces[i].name) : "";
    if (why.empty()) why = removed.error().message;
    left.push_back(fmt::format("namespace {}: {}", spaces[i].name, why));
  }
  return left;
}

}  // namespace weft::conform
