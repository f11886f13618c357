#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/istio/istio.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

// Header names of the form @request.auth.claims.group.
const Value* claim_in(const Value& match) {
  for (const char* part : {"headers", "withoutHeaders"})
    for (const Member& header : members(get(&match, part)))
      if (header.key.starts_with("@request.auth.claims")) return &header.value;
  return nullptr;
}

bool is_authenticated(const Inventory& in, const Workload& workload) {
  for (const Resource* authentication : in.all(kinds::request_authentication)) {
    const bool in_scope = authentication->ns == workload.resource->ns ||
                          authentication->ns == in.settings().root_namespace;
    if (in_scope &&
        labels_match(get(authentication->spec, "selector", "matchLabels"), workload.labels()))
      return true;
  }
  return false;
}

void check(const Inventory& in, Report& out) {
  for (const Resource* vs : in.all(kinds::virtual_service)) {
    for (const Value& rule : routes(*vs, "http")) {
      for (const Value& match : items(get(&rule, "match"))) {
        const Value* claim = claim_in(match);
        if (claim == nullptr) continue;
        for (const Value* name : gateways_of(*vs)) {
          const Resource* gateway = gateway_named(in, text(name), vs->ns);
          if (gateway == nullptr) continue;
          for (const Workload* pod : in.select({}, get(gateway->spec, "selector")))
            if (!is_authenticated(in, *pod))
              out.add(*vs, claim,
                      fmt::format("no RequestAuthentication is for the gateway's {}",
                                  pod->resource->title()))
                  .with("gateway", gateway->full_name())
                  .with("pod", pod->resource->full_name())
                  .absence();
        }
      }
    }
  }
}

}  // namespace

Rule wi021() {
  return {.id = "WI021",
          .slug = "jwt-claims-without-authentication",
          .severity = Severity::error,
          .mesh = "Istio",
          .category = "routing",
          .title = "routing by token claims on a gateway that reads no tokens",
          .why =
              "Claims exist only after a RequestAuthentication has verified the token; without one "
              "the match is never true.",
          .remedy = "add a RequestAuthentication that selects the gateway's pods",
          .refs = "IST0149",
          .check = check};
}

}  // namespace weft::rules
