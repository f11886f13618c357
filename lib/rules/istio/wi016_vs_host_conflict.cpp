#include <map>
#include <set>

#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/istio/istio.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

using Sharing = std::map<std::string_view, std::set<const Resource*>>;

// Namespaces that apply the object; "*" is all.
std::set<std::string_view> scopes(const Resource& vs) {
  std::set<std::string_view> all;
  for (const Value& entry : items(get(vs.spec, "exportTo")))
    all.insert(text(&entry) == "." ? vs.ns : text(&entry));
  if (all.empty()) all.insert("*");
  return all;
}

std::string others_of(const Resource* vs, const Sharing& sharing) {
  std::set<std::string> names;
  const auto everywhere = sharing.find("*");
  for (const auto& [scope, group] : sharing) {
    const bool meets = group.contains(vs) ||
                       (everywhere != sharing.end() && everywhere->second.contains(vs)) ||
                       scope == "*";
    if (!meets) continue;
    for (const Resource* other : group)
      if (other != vs) names.insert(other->full_name());
  }
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : ", ") + name;
  return out;
}

void check(const Inventory& in, Report& out) {
  std::map<std::string, Sharing> by_host;
  for (const Resource* vs : in.all(kinds::virtual_service)) {
    if (!is_for_mesh(*vs)) continue;
    for (const Value& host : items(get(vs->spec, "hosts")))
      for (std::string_view scope : scopes(*vs))
        by_host[qualified(text(&host), vs->ns)][scope].insert(vs);
  }
  for (const auto& [name, sharing] : by_host) {
    std::set<const Resource*> all;
    for (const auto& [scope, group] : sharing) all.insert(group.begin(), group.end());
    if (all.size() < 2) continue;
    for (const Resource* vs : all) {
      const std::string others = others_of(vs, sharing);
      if (others.empty()) continue;
      out.add(*vs, get(vs->spec, "hosts"),
              fmt::format("the host {} is routed by {} as well", name, others))
          .with("host", name)
          .with("virtualServices", others);
    }
  }
}

}  // namespace

Rule wi016() {
  return {
      .id = "WI016",
      .slug = "vs-host-conflict",
      .severity = Severity::error,
      .mesh = "Istio",
      .category = "routing",
      .title = "several VirtualServices route one host inside the mesh",
      .why = "Sidecars apply one of them only, the oldest; the rules of the others never count.",
      .remedy = "merge them, or part them by exportTo",
      .refs = "IST0109 KIA1106",
      .check = check};
}

}  // namespace weft::rules
