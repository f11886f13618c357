#include <map>

#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

constexpr std::size_t kManyPlugins = 3;

void check(const Inventory& in, Report& out) {
  std::map<const Workload*, std::size_t> plugins;
  for (const Resource* plugin : in.all(kinds::wasm_plugin)) {
    if (get(plugin->spec, "targetRefs") != nullptr) continue;
    const bool everywhere = plugin->ns == in.settings().root_namespace;
    const Value* labels = get(plugin->spec, "selector", "matchLabels");
    for (const Workload* workload : in.select(everywhere ? std::string_view() : plugin->ns, labels))
      if (in.in_istio(*workload) != InMesh::no) ++plugins[workload];
  }
  for (const auto& [workload, count] : plugins)
    if (count > kManyPlugins)
      out.add(*workload->resource, nullptr,
              fmt::format("its proxy runs {} Wasm plugins on every request", count));
}

}  // namespace

Rule wp015() {
  return {.id = "WP015",
          .slug = "many-extensions",
          .severity = Severity::info,
          .mesh = "Istio",
          .category = "performance",
          .title = "many Wasm plugins in one proxy",
          .why =
              "Each plugin copies headers and bodies into its own machine for every request and "
              "keeps a heap per worker thread.",
          .remedy = "merge them, or narrow their selectors",
          .check = check};
}

}  // namespace weft::rules
