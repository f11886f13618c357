#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const Resource* authentication : in.all(kinds::request_authentication)) {
    for (const Value& rule : items(get(authentication->spec, "jwtRules"))) {
      const Value* uri = get(&rule, "jwksUri");
      if (text(uri).starts_with("http://"))
        out.add(*authentication, uri, "the keys are fetched without encryption");
      if (text(get(&rule, "issuer")).empty())
        out.add(*authentication, &rule, "no issuer is given: a token of any issuer is accepted");
    }
  }
}

}  // namespace

Rule wx027() {
  return {.id = "WX027",
          .slug = "jwks-plain",
          .mesh = "Istio",
          .category = "security",
          .title = "the keys or the issuer of tokens are not safe",
          .why = "Whoever can answer for the key server, or sign with any key it has, is let in.",
          .remedy = "use https for jwksUri and name the issuer",
          .refs = "IST0106",
          .check = check};
}

}  // namespace weft::rules
