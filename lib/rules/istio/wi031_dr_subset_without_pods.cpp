#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/istio/istio.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

// Labels that nodes give to pods, which no template has.
bool is_topology(const Value& subset) {
  for (const Member& label : members(get(&subset, "labels")))
    if (label.key.starts_with("topology.")) return true;
  return false;
}

// Selector and subset at once: then the rarest label of both says which pods to look at, not a
// "version: v1" that half of the namespace has.
bool selects(const Inventory& in, const Resource& service, const Value& subset) {
  const Value* selector = get(service.spec, "selector");
  if (!selector->is_map()) return true;
  Value labels = *selector;
  for (const Member& label : members(get(&subset, "labels"))) {
    const Value* own = get(&labels, label.key);
    if (own != nullptr && scalar_text(own) != scalar_text(&label.value)) return false;
    labels.set(label.key, label.value);
  }
  return !in.select(service.ns, &labels).empty();
}

void check(const Inventory& in, Report& out) {
  for (const Resource* rule : in.all(kinds::destination_rule)) {
    const auto hosts = in.hosts().find(text(get(rule->spec, "host")), rule->ns);
    if (hosts.empty() || text(get(rule->spec, "host")).starts_with('*')) continue;
    const Resource& service = *hosts.front()->resource;
    if (!service.is(kinds::service) || get(service.spec, "selector") == nullptr) continue;
    for (const Value& subset : items(get(rule->spec, "subsets"))) {
      if (get(&subset, "labels") == nullptr || is_topology(subset) || selects(in, service, subset))
        continue;
      out.add(*rule, get(&subset, "labels"),
              fmt::format("no pod of {} has the labels of the subset {}", service.title(),
                          text(get(&subset, "name"))))
          .with("subset", text(get(&subset, "name")))
          .absence();
    }
  }
}

}  // namespace

Rule wi031() {
  return {.id = "WI031",
          .slug = "dr-subset-without-pods",
          .severity = Severity::error,
          .mesh = "Istio",
          .category = "traffic policy",
          .title = "the labels of a subset select no pod",
          .why = "Requests that a route sends to the subset get 503: it has no endpoints.",
          .remedy = "use labels that the pods of the Service have",
          .refs = "IST0173 KIA0203",
          .check = check};
}

}  // namespace weft::rules
