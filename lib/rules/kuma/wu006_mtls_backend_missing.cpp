#include <algorithm>

#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const Resource* mesh : in.all(kinds::kuma_mesh)) {
    const Value* mtls = get(mesh->spec, "mtls");
    const Value* enabled = get(mtls, "enabledBackend");
    const auto backends = items(get(mtls, "backends"));
    if (text(enabled).empty() ||
        std::any_of(backends.begin(), backends.end(),
                    [&](const Value& one) { return text(get(&one, "name")) == text(enabled); }))
      continue;
    out.add(*mesh, enabled, fmt::format("there is no backend {}", text(enabled)));
  }
}

}  // namespace

Rule wu006() {
  return {.id = "WU006",
          .slug = "mtls-backend-missing",
          .severity = Severity::error,
          .mesh = "Kuma",
          .category = "security",
          .title = "mutual TLS of a Mesh names a backend that is not there",
          .why = "The control plane refuses the Mesh.",
          .remedy = "name one of its backends",
          .check = check};
}

}  // namespace weft::rules
