#include "lib/rules/istio/envoy_filter.h"

#include <algorithm>
#include <set>

namespace weft::rules {
namespace {

bool any_of(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

}  // namespace

bool Patch::is_relative() const {
  if (operation == "INSERT_BEFORE" || operation == "INSERT_AFTER") return true;
  if (operation == "REMOVE") return !any_of(apply_to, {"ROUTE_CONFIGURATION", "HTTP_ROUTE"});
  return operation == "REPLACE" &&
         any_of(apply_to, {"NETWORK_FILTER", "HTTP_FILTER", "VIRTUAL_HOST"});
}

void for_each_patch(const Inventory& in,
                    const std::function<void(const Resource&, const Patch&)>& visit) {
  std::set<std::string_view> pinned;
  for (const Resource* filter : in.all(kinds::envoy_filter)) {
    for (const Value& entry : items(get(filter->spec, "configPatches"))) {
      const Value* operation = get(&entry, "patch", "operation");
      const std::string_view name = text(get(&entry, "patch", "value", "name"));
      visit(*filter, {operation, text(operation), text(get(&entry, "applyTo")),
                      integer(get(filter->spec, "priority")).value_or(0), pinned.contains(name)});
      if (!name.empty() && get(&entry, "match", "proxy", "proxyVersion") != nullptr)
        pinned.insert(name);
    }
  }
}

}  // namespace weft::rules
