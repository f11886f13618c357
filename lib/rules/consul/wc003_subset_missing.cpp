#include <unordered_map>

#include "lib/base/format.h"
#include "lib/rules/consul/consul.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

class Check {
 public:
  Check(const Inventory& in, Report& out) : out_(out) {
    for (const Resource* resolver : in.all({kConsulGroup, "ServiceResolver"}))
      resolvers_.try_emplace(resolver->name, resolver);
  }

  // `target` has service and serviceSubset; without a service the entry's own is meant.
  void one(const Resource& entry, const Value* target) {
    const Value* subset = get(target, "serviceSubset");
    if (text(subset).empty()) return;
    const Value* other = get(target, "service");
    const std::string_view service = text(other).empty() ? entry.name : text(other);
    const auto found = resolvers_.find(service);
    if (found == resolvers_.end()) {
      out_.add(entry, subset, fmt::format("there is no ServiceResolver {}", service))
          .with("subset", text(subset))
          .absence();
    } else if (get(found->second->spec, "subsets", text(subset)) == nullptr) {
      out_.add(entry, subset,
               fmt::format("{} has no subset {}", found->second->title(), text(subset)))
          .with("subset", text(subset));
    }
  }

 private:
  Report& out_;
  std::unordered_map<std::string_view, const Resource*> resolvers_;
};

void check(const Inventory& in, Report& out) {
  Check check(in, out);
  for (const Resource* router : in.all({kConsulGroup, "ServiceRouter"}))
    for (const Value& route : items(get(router->spec, "routes")))
      check.one(*router, get(&route, "destination"));
  for (const Resource* splitter : in.all({kConsulGroup, "ServiceSplitter"}))
    for (const Value& split : items(get(splitter->spec, "splits"))) check.one(*splitter, &split);
  for (const Resource* resolver : in.all({kConsulGroup, "ServiceResolver"})) {
    check.one(*resolver, get(resolver->spec, "redirect"));
    for (const Member& failover : members(get(resolver->spec, "failover"))) {
      check.one(*resolver, &failover.value);
      for (const Value& target : items(get(&failover.value, "targets")))
        check.one(*resolver, &target);
    }
  }
}

}  // namespace

Rule wc003() {
  return {.id = "WC003",
          .slug = "subset-missing",
          .severity = Severity::error,
          .mesh = "Consul",
          .category = "routing",
          .title = "a subset that the ServiceResolver does not define",
          .why = "Consul refuses the entry, or the requests find no endpoint.",
          .remedy = "define the subset in the ServiceResolver of the service, or correct its name",
          .refs = "consul:config-entry-write",
          .check = check};
}

}  // namespace weft::rules
