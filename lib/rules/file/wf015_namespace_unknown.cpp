#include <map>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  // Only where namespaces are kept with the objects is a missing one worth a word.
  if (in.all(kinds::ns).empty()) return;
  std::map<std::string_view, std::vector<const Resource*>> unknown;
  for (const Resource& resource : in.all())
    if (get(resource.root, "metadata", "namespace") != nullptr && !resource.ns.empty() &&
        !in.has_namespace(resource.ns) && resource.document->source->name() != kDefaultIngress)
      unknown[resource.ns].push_back(&resource);
  for (const auto& [ns, resources] : unknown)
    out.add(*resources.front(), get(resources.front()->root, "metadata", "namespace"),
            fmt::format("{} in the namespace {}, which no file defines",
                        resources.size() == 1 ? std::string("one object is")
                                              : base::plural(resources.size(), "object") + " are",
                        ns))
        .with("namespace", ns)
        .absence();
}

}  // namespace

Rule wf015() {
  return {.id = "WF015",
          .slug = "namespace-unknown",
          .mesh = "all",
          .category = "files",
          .title = "objects in a namespace that is not there",
          .why = "kubectl apply fails for them until somebody creates the namespace.",
          .remedy = "add the Namespace, correct the name, or pass --known-namespace",
          .refs = "KIA0005 KIA0101",
          .check = check};
}

}  // namespace weft::rules
