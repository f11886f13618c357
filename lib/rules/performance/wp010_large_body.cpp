#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/istio/istio.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

constexpr std::size_t kLarge = 100'000;
constexpr std::size_t kRefused = 1'000'000;  // by Istio, for one body

const Value* body_of(const Value& rule) {
  const Value* body = get(&rule, "directResponse", "body");
  const Value* written = get(body, "string");
  return written != nullptr ? written : get(body, "bytes");
}

void check(const Inventory& in, Report& out) {
  for (const Resource* vs : in.all(kinds::virtual_service)) {
    std::size_t all = 0;
    bool is_said = false;
    for (const Value& rule : routes(*vs, "http")) {
      const Value* body = body_of(rule);
      const std::size_t size = text(body).size();
      all += size;
      if (size <= kLarge) continue;
      is_said = true;
      Finding& finding = out.add(*vs, body, fmt::format("a body of {} bytes", size));
      if (size > kRefused) finding.as(Severity::error);
    }
    if (!is_said && all > kLarge)
      out.add(*vs, get(vs->spec, "http"), fmt::format("bodies of {} bytes together", all));
  }
}

}  // namespace

Rule wp010() {
  return {.id = "WP010",
          .slug = "large-body",
          .mesh = "Istio",
          .category = "performance",
          .title = "answers of more than 100 kB in the routes themselves",
          .why =
              "They are part of the configuration that every proxy of the mesh, or of the gateway, "
              "holds in memory and gets again with each change. Istio refuses one of more than "
              "1 MB.",
          .remedy = "serve them from a Service, and route there",
          .refs = "IST0133 IST0106",
          .check = check};
}

}  // namespace weft::rules
