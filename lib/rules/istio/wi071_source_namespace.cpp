#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"
#include "lib/rules/security/policy.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const Resource* policy : in.all(kinds::authorization_policy)) {
    for (const char* field : {"namespaces", "notNamespaces"}) {
      for_each_source(*policy, field, [&](const Value& value) {
        const std::string_view name = text(&value);
        if (name.empty() || name.find('*') != std::string_view::npos || in.has_namespace(name))
          return;
        out.add(*policy, &value, fmt::format("there is no namespace {}", name))
            .with("reftype", "namespace")
            .with("refval", name)
            .absence();
      });
    }
  }
}

}  // namespace

Rule wi071() {
  return {.id = "WI071",
          .slug = "source-namespace",
          .severity = Severity::error,
          .mesh = "Istio",
          .category = "security",
          .title = "a policy names a source namespace that is not there",
          .why = "Nobody comes from it: an ALLOW lets nobody in, a DENY keeps nobody out.",
          .remedy = "correct the namespace",
          .refs = "IST0101 KIA0101",
          .check = check};
}

}  // namespace weft::rules
