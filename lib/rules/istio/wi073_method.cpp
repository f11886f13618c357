#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"
#include "lib/rules/security/policy.h"

namespace weft::rules {
namespace {

constexpr std::string_view kMethods =
    " GET HEAD POST PUT DELETE CONNECT OPTIONS TRACE PATCH PROPFIND REPORT SEARCH MKCOL COPY MOVE "
    "LOCK UNLOCK PROPPATCH ";

void check(const Inventory& in, Report& out) {
  for (const Resource* policy : in.all(kinds::authorization_policy)) {
    for (const char* field : {"methods", "notMethods"}) {
      for_each_operation(*policy, field, [&](const Value& value) {
        const std::string_view method = text(&value);
        if (method.find('*') != std::string_view::npos || method.starts_with('/') ||
            kMethods.find(fmt::format(" {} ", method)) != std::string_view::npos)
          return;
        out.add(*policy, &value, fmt::format("{} is no HTTP method", method))
            .with("method", method);
      });
    }
  }
}

}  // namespace

Rule wi073() {
  return {.id = "WI073",
          .slug = "method",
          .mesh = "Istio",
          .category = "security",
          .title = "a policy names a method that HTTP does not have",
          .why = "Methods are compared letter by letter, in capitals: no request ever matches.",
          .remedy = "write the method in capitals, as in GET",
          .refs = "KIA0102",
          .check = check};
}

}  // namespace weft::rules
