#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/istio/istio.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

bool is_wildcard(const Resource& rule) { return text(get(rule.spec, "host")).starts_with('*'); }

// ISTIO_MUTUAL is what auto mutual TLS does anyway, unless the mesh has it off.
bool would_be_missed(const Inventory& in, std::string_view mode) {
  if (mode != "ISTIO_MUTUAL") return !mode.empty();
  const Value* automatic = get(in.mesh_config(), "enableAutoMtls");
  return automatic != nullptr && !is_true(automatic);
}

void check(const Inventory& in, Report& out) {
  const auto& rules = in.view<DestinationRules>();
  for (const Resource* rule : in.all(kinds::destination_rule)) {
    const Value* policy = get(rule->spec, "trafficPolicy");
    if (policy == nullptr || get(policy, "tls") != nullptr || is_wildcard(*rule)) continue;
    for (const Resource* wider : rules.find(text(get(rule->spec, "host")), rule->ns)) {
      const std::string_view mode = text(get(wider->spec, "trafficPolicy", "tls", "mode"));
      if (!is_wildcard(*wider) || !would_be_missed(in, mode)) continue;
      out.add(*rule, policy,
              fmt::format("drops tls mode {} that {} sets for {}", mode, wider->full_name(),
                          text(get(wider->spec, "host"))))
          .with("other", wider->full_name());
      break;  // the narrowest of the wider ones
    }
  }
}

}  // namespace

Rule wi036() {
  return {.id = "WI036",
          .slug = "dr-drops-tls",
          .mesh = "Istio",
          .category = "traffic policy",
          .title = "a DestinationRule drops the TLS settings of a wider one",
          .why =
              "The rule that fits a host best replaces wider ones as a whole; nothing is inherited "
              "field by field.",
          .remedy = "repeat tls in the trafficPolicy of the narrower rule",
          .refs = "KIA0204",
          .check = check};
}

}  // namespace weft::rules
