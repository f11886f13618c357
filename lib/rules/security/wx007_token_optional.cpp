#include <set>

#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"
#include "lib/rules/security/policy.h"

namespace weft::rules {
namespace {

// Some rule speaks of the token's claims or principal.
bool asks_for_token(const Resource& policy) {
  bool found = false;
  for (const char* field : {"requestPrincipals", "notRequestPrincipals"})
    for_each_source(policy, field, [&found](const Value&) { found = true; });
  for (const Value& rule : items(get(policy.spec, "rules")))
    for (const Value& when : items(get(&rule, "when")))
      found = found || text(get(&when, "key")).starts_with("request.auth.");
  return found;
}

void check(const Inventory& in, Report& out) {
  std::set<std::string_view> guarded;  // namespaces where some policy asks for tokens
  for (const Resource* policy : in.all(kinds::authorization_policy))
    if (asks_for_token(*policy)) guarded.insert(policy->ns);
  if (guarded.contains(in.settings().root_namespace)) return;
  for (const Resource* authentication : in.all(kinds::request_authentication)) {
    if (items(get(authentication->spec, "jwtRules")).empty() ||
        guarded.contains(authentication->ns))
      continue;
    out.add(*authentication, nullptr,
            fmt::format("no AuthorizationPolicy of {} asks for a token: requests without one pass",
                        authentication->ns))
        .absence();
  }
}

}  // namespace

Rule wx007() {
  return {.id = "WX007",
          .slug = "token-optional",
          .mesh = "Istio",
          .category = "security",
          .title = "tokens are verified where they come, but need not come",
          .why =
              "A RequestAuthentication refuses bad tokens only. Whoever sends none is let through "
              "like before.",
          .remedy =
              "add an AuthorizationPolicy that allows requestPrincipals: [\"*\"], or narrower ones",
          .check = check};
}

}  // namespace weft::rules
