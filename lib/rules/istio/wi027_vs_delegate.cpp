#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/istio/istio.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

// What a delegate may not have: it lends its http routes and nothing else.
const Value* forbidden_in(const Resource& delegate) {
  for (const char* field : {"hosts", "gateways", "tls", "tcp"})
    if (const Value* value = get(delegate.spec, field); value != nullptr && value->size() != 0)
      return value;
  for (const Value& rule : routes(delegate, "http"))
    if (const Value* nested = get(&rule, "delegate")) return nested;
  return nullptr;
}

void check(const Inventory& in, Report& out) {
  for (const Resource* vs : in.all(kinds::virtual_service)) {
    for (const Value& rule : routes(*vs, "http")) {
      const Value* reference = get(&rule, "delegate");
      const std::string_view name = text(get(reference, "name"));
      if (name.empty()) continue;
      std::string_view ns = text(get(reference, "namespace"));
      if (ns.empty()) ns = vs->ns;
      const Resource* delegate = in.find(kinds::virtual_service, ns, name);
      if (delegate == nullptr) {
        out.add(*vs, reference, fmt::format("there is no VirtualService {}/{}", ns, name))
            .with("delegate", fmt::format("{}/{}", ns, name))
            .absence();
      } else if (const Value* value = forbidden_in(*delegate)) {
        const std::string path = pointer_to(*delegate->root, value);
        out.add(*vs, reference,
                fmt::format("{} cannot be a delegate: it has {}", delegate->full_name(), path))
            .with("delegate", delegate->full_name())
            .with("field", path);
      }
    }
  }
}

}  // namespace

Rule wi027() {
  return {.id = "WI027",
          .slug = "vs-delegate",
          .mesh = "Istio",
          .category = "routing",
          .title = "a route is delegated to a VirtualService that is missing or no delegate",
          .why =
              "Istio leaves the route out without a word, so its requests fall to a later rule or "
              "get 404. A delegate has http routes only, none of them delegated again.",
          .remedy = "correct the name, or move hosts, gateways, tls and tcp out of the delegate",
          .refs = "IST0106",
          .check = check};
}

}  // namespace weft::rules
