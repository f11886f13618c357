#include <algorithm>

#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

// Two-part names under which anybody can have a host; one-part names are found by counting dots.
constexpr std::string_view kPublicSuffixes[] = {
    "ac.uk",          "amazonaws.com", "appspot.com", "azurewebsites.net",
    "cloudfront.net", "co.in",         "co.jp",       "co.kr",
    "co.nz",          "co.uk",         "co.za",       "com.au",
    "com.br",         "com.cn",        "com.mx",      "com.tr",
    "github.io",      "herokuapp.com", "netlify.app", "ngrok.io",
    "org.uk",         "pages.dev",     "vercel.app",  "workers.dev",
    "windows.net"};

bool is_for_everybody(std::string_view host) {
  if (host == "*") return true;
  if (!host.starts_with("*.")) return false;
  const std::string_view rest = host.substr(2);
  // One word may also be a name of the cluster's own: *.local, *.internal.
  const bool is_top_level = rest.find('.') == std::string_view::npos && rest != "local" &&
                            rest != "internal" && rest != "global" && rest != "lan";
  return is_top_level || std::find(std::begin(kPublicSuffixes), std::end(kPublicSuffixes), rest) !=
                             std::end(kPublicSuffixes);
}

void check(const Inventory& in, Report& out) {
  for (const Resource* entry : in.all(kinds::service_entry))
    for (const Value& host : items(get(entry->spec, "hosts")))
      if (is_for_everybody(text(&host)))
        out.add(*entry, &host, fmt::format("{} takes in hosts that anybody can have", text(&host)))
            .with("host", text(&host));
}

}  // namespace

Rule wx012() {
  return {.id = "WX012",
          .slug = "entry-for-everything",
          .mesh = "Istio",
          .category = "security",
          .title = "a ServiceEntry for hosts that anybody can have",
          .why =
              "It undoes REGISTRY_ONLY: data can leave to a host that somebody else has set up "
              "below the same name.",
          .remedy = "name the hosts that are needed",
          .check = check};
}

}  // namespace weft::rules
