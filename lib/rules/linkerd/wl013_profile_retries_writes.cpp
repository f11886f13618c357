#include <algorithm>

#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

bool is_write(const Value* condition) {
  const std::string_view method = text(get(condition, "method"));
  if (method == "POST" || method == "PATCH") return true;
  const auto parts = items(get(condition, "all"));
  return std::any_of(parts.begin(), parts.end(), [](const Value& part) {
    const std::string_view inner = text(get(&part, "method"));
    return inner == "POST" || inner == "PATCH";
  });
}

void check(const Inventory& in, Report& out) {
  for (const Resource* profile : in.all(kinds::service_profile)) {
    for (const Value& route : items(get(profile->spec, "routes"))) {
      const Value* retryable = get(&route, "isRetryable");
      if (!is_true(retryable) || !is_write(get(&route, "condition"))) continue;
      const std::string_view name = text(get(&route, "name"));
      out.add(*profile, retryable, fmt::format("{} is sent again after a failure", name))
          .with("route", name);
    }
  }
}

}  // namespace

Rule wl013() {
  return {.id = "WL013",
          .slug = "profile-retries-writes",
          .mesh = "Linkerd",
          .category = "resiliency",
          .title = "a ServiceProfile retries what must not run twice",
          .why =
              "A request that the service has acted on before it failed is sent again: a POST then "
              "books, pays or mails twice.",
          .remedy =
              "take isRetryable off the route, or make the request safe to repeat and suppress "
              "this rule",
          .check = check};
}

}  // namespace weft::rules
