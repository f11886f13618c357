#include "lib/base/format.h"
#include "lib/rules/consul/consul.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

struct Global {
  std::string_view kind;
  std::string_view name;
};
constexpr Global kGlobals[] = {{"ProxyDefaults", "global"}, {"Mesh", "mesh"}};

void check(const Inventory& in, Report& out) {
  for (const Global& global : kGlobals)
    for (const Resource* entry : in.all({kConsulGroup, global.kind}))
      if (!entry->name.empty() && entry->name != global.name)
        out.add(*entry, get(entry->root, "metadata", "name"),
                fmt::format("the only {} is named {}", global.kind, global.name));
}

}  // namespace

Rule wc007() {
  return {.id = "WC007",
          .slug = "global-entry",
          .severity = Severity::error,
          .mesh = "Consul",
          .category = "install",
          .title = "a global entry of Consul under another name",
          .why =
              "Consul knows one ProxyDefaults, global, and one Mesh, mesh; the webhook refuses any "
              "other.",
          .remedy = "rename it, and merge what several of them say",
          .refs = "consul-k8s-webhook",
          .check = check};
}

}  // namespace weft::rules
