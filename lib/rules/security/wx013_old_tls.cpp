#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

bool is_old(std::string_view version) {
  return version == "TLSV1_0" || version == "TLSV1_1" || version == "TLSv1_0" ||
         version == "TLSv1_1";
}

void check(const Inventory& in, Report& out) {
  for (const Resource* gateway : in.all(kinds::istio_gateway)) {
    for (const Value& server : items(get(gateway->spec, "servers"))) {
      const Value* version = get(&server, "tls", "minProtocolVersion");
      if (is_old(text(version)))
        out.add(*gateway, version, fmt::format("{} is accepted", text(version)));
    }
  }
  for (const Resource* mesh : in.all({"consul.hashicorp.com", "Mesh"})) {
    for (const char* side : {"incoming", "outgoing"}) {
      const Value* version = get(mesh->spec, "tls", side, "tlsMinVersion");
      if (is_old(text(version)))
        out.add(*mesh, version, fmt::format("{} is accepted", text(version)));
    }
  }
}

}  // namespace

Rule wx013() {
  return {.id = "WX013",
          .slug = "old-tls",
          .mesh = "all",
          .category = "security",
          .title = "TLS older than 1.2 is accepted",
          .why = "TLS 1.0 and 1.1 are broken and forbidden by common standards.",
          .remedy = "set the minimum to TLSV1_2 or later",
          .refs = "IST0133",
          .check = check};
}

}  // namespace weft::rules
