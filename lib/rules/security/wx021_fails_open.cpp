#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/istio/injector.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void visit(const Resource& filter, const Value& value, Report& out) {
  if (const Value* open = get(&value, "failure_mode_allow"); is_true(open))
    out.add(filter, open, "while the authorization service is away, every request passes");
  for (const Member& member : members(&value)) visit(filter, member.value, out);
  for (const Value& item : items(&value)) visit(filter, item, out);
}

void check_mesh(const Inventory& in, Report& out) {
  const Resource* map = mesh_config_map(in);
  if (map == nullptr) return;
  for (const Value& provider : items(get(in.mesh_config(), "extensionProviders")))
    for (const char* type : {"envoyExtAuthzHttp", "envoyExtAuthzGrpc"})
      if (is_true(get(&provider, type, "failOpen")))
        out.add(*map, get(map->root, "data", "mesh"),
                fmt::format("while the provider {} is away, every request passes",
                            text(get(&provider, "name"))))
            .with("provider", text(get(&provider, "name")));
}

void check(const Inventory& in, Report& out) {
  for (const Resource* plugin : in.all(kinds::wasm_plugin)) {
    const std::string_view phase = text(get(plugin->spec, "phase"));
    const Value* strategy = get(plugin->spec, "failStrategy");
    if ((phase == "AUTHN" || phase == "AUTHZ") && text(strategy) == "FAIL_OPEN")
      out.add(*plugin, strategy,
              fmt::format("when the module of phase {} fails to load or crashes, every request "
                          "passes",
                          phase));
  }
  for (const Resource* filter : in.all(kinds::envoy_filter))
    if (filter->spec != nullptr) visit(*filter, *filter->spec, out);
  check_mesh(in, out);
}

}  // namespace

Rule wx021() {
  return {.id = "WX021",
          .slug = "fails-open",
          .mesh = "Istio",
          .category = "security",
          .title = "authorization that lets everything pass when it fails",
          .why = "Who can overload or crash the check gets in; nobody notices while it is away.",
          .remedy = "let it fail closed, and give it replicas and a timeout that keep it answering",
          .check = check};
}

}  // namespace weft::rules
