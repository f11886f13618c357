#include <algorithm>

#include "lib/base/text.h"
#include "lib/rules/inventory.h"
#include "lib/rules/istio/istio.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

bool repeats_after_an_answer(std::string_view conditions) {
  const auto parts = base::split(conditions, ',');
  return std::any_of(parts.begin(), parts.end(), [](std::string_view part) {
    part = base::trim(part);
    return part == "5xx" || part == "gateway-error" || part == "reset";
  });
}

bool is_unsafe(const Value& match) {
  const Value* method = get(&match, "method");
  const std::string_view exact = text(get(method, "exact"));
  const std::string_view regex = text(get(method, "regex"));
  return exact == "POST" || exact == "PATCH" || regex.find("POST") != std::string_view::npos ||
         regex.find("PATCH") != std::string_view::npos;
}

void check(const Inventory& in, Report& out) {
  for (const Resource* vs : in.all(kinds::virtual_service)) {
    for (const Value& rule : routes(*vs, "http")) {
      const Value* conditions = get(&rule, "retries", "retryOn");
      if (!repeats_after_an_answer(text(conditions)) ||
          integer(get(&rule, "retries", "attempts")) == 0)
        continue;
      const auto matches = items(get(&rule, "match"));
      if (std::any_of(matches.begin(), matches.end(), is_unsafe))
        out.add(*vs, conditions, "POST or PATCH is sent again after the service has failed");
      else if (std::any_of(matches.begin(), matches.end(),
                           [](const Value& match) { return get(&match, "method") == nullptr; }) ||
               matches.empty())
        out.add(*vs, conditions, "holds for every method, POST and PATCH too").as(Severity::info);
    }
  }
}

}  // namespace

Rule wr007() {
  return {.id = "WR007",
          .slug = "retry-not-idempotent",
          .mesh = "Istio",
          .category = "resiliency",
          .title = "requests that must not run twice are retried",
          .why =
              "With 5xx or gateway-error a request is sent again though the service may have acted "
              "on it already: a POST then books, pays or mails twice.",
          .remedy =
              "retry on connect-failure,refused-stream only, or give the methods that are safe to "
              "repeat a route of their own",
          .check = check};
}

}  // namespace weft::rules
