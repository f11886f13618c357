#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const GroupKind& kind : {kinds::mutating_webhook, kinds::validating_webhook}) {
    for (const Resource* resource : in.all(kind)) {
      for (const Value& webhook : items(get(resource->root, "webhooks"))) {
        const Value* url = get(&webhook, "clientConfig", "url");
        if (!text(get(&webhook, "name")).ends_with(".istio.io") ||
            !text(url).starts_with("https://"))
          continue;
        const std::string_view host = text(url).substr(8, text(url).find_first_of(":/", 8) - 8);
        if (host.starts_with('[') ||
            (!host.empty() && host.find_first_not_of("0123456789.") == std::string_view::npos))
          out.add(*resource, url, fmt::format("{} is an address", host)).with("hostname", host);
      }
    }
  }
}

}  // namespace

Rule wi102() {
  return {.id = "WI102",
          .slug = "webhook-address",
          .severity = Severity::info,
          .mesh = "Istio",
          .category = "control plane",
          .title = "a webhook of Istio by address instead of name",
          .why =
              "The certificate of the control plane has to carry the address, and moving it breaks "
              "injection.",
          .remedy = "use a host name",
          .refs = "IST0164",
          .check = check};
}

}  // namespace weft::rules
