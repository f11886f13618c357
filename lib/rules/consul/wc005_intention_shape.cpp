#include <set>

#include "lib/base/format.h"
#include "lib/rules/consul/consul.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check_permission(const Resource& intentions, const Value& permission, Report& out) {
  const Value* http = get(&permission, "http");
  int paths = 0;
  for (const char* form : {"pathExact", "pathPrefix", "pathRegex"})
    paths += get(http, form) == nullptr ? 0 : 1;
  if (paths > 1) out.add(intentions, http, "more than one form of path");
  std::set<std::string_view> seen;
  for (const Value& method : items(get(http, "methods")))
    if (!seen.insert(text(&method)).second)
      out.add(intentions, &method, fmt::format("{} stands here twice", text(&method)))
          .with("method", text(&method));
}

void check(const Inventory& in, Report& out) {
  for (const Resource* intentions : in.all({kConsulGroup, "ServiceIntentions"})) {
    for (const Value& source : items(get(intentions->spec, "sources"))) {
      const Value* action = get(&source, "action");
      const auto permissions = items(get(&source, "permissions"));
      if (action != nullptr && !text(action).empty() && !permissions.empty())
        out.add(*intentions, action,
                fmt::format("{} has permissions as well as an action", text(get(&source, "name"))))
            .with("source", text(get(&source, "name")));
      for (const Value& permission : permissions) check_permission(*intentions, permission, out);
    }
  }
}

}  // namespace

Rule wc005() {
  return {.id = "WC005",
          .slug = "intention-shape",
          .severity = Severity::error,
          .mesh = "Consul",
          .category = "security",
          .title = "an intention that contradicts itself",
          .why =
              "The webhook refuses the object: a source has either one action or permissions, and "
              "a permission one form of path.",
          .remedy = "keep one of them",
          .refs = "consul-k8s-webhook",
          .check = check};
}

}  // namespace weft::rules
