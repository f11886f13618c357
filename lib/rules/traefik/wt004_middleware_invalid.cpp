#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

bool is_function(std::string_view name) {
  return name == "NetworkErrorRatio" || name == "ResponseCodeRatio" ||
         name == "LatencyAtQuantileMS";
}

// What is wrong with an expression, or "".
std::string problem(std::string_view expression) {
  int depth = 0;
  bool any = false;
  for (std::size_t i = 0; i < expression.size();) {
    const char c = expression[i];
    const auto is_letter = [&](std::size_t at) {
      const char letter = static_cast<char>(expression[at] | 0x20);
      return letter >= 'a' && letter <= 'z';
    };
    if (c == '(') ++depth;
    if (c == ')' && --depth < 0) return "a ) too many";
    if (!is_letter(i)) {
      ++i;
      continue;
    }
    std::size_t end = i;
    while (end < expression.size() && is_letter(end)) ++end;
    const std::string_view word = expression.substr(i, end - i);
    if (!is_function(word)) return fmt::format("{} is no function", word);
    any = true;
    i = end;
  }
  if (depth > 0) return "a ) is missing";
  return any ? "" : "no function in it";
}

void check(const Inventory& in, Report& out) {
  for (const Resource* service : in.all(kinds::service)) {
    const Value* breaker =
        get(service->annotations(), "mesh.traefik.io/circuit-breaker-expression");
    const std::string wrong = breaker == nullptr ? std::string() : problem(text(breaker));
    if (!wrong.empty()) out.add(*service, breaker, wrong);
    const Value* average = get(service->annotations(), "mesh.traefik.io/ratelimit-average");
    const Value* burst = get(service->annotations(), "mesh.traefik.io/ratelimit-burst");
    if ((average == nullptr) != (burst == nullptr))
      out.add(*service, average != nullptr ? average : burst,
              average != nullptr ? "ratelimit-burst is missing" : "ratelimit-average is missing");
  }
}

}  // namespace

Rule wt004() {
  return {
      .id = "WT004",
      .slug = "middleware-invalid",
      .severity = Severity::error,
      .mesh = "Traefik Mesh",
      .category = "annotations",
      .title = "a circuit breaker or rate limit that Traefik Mesh cannot read",
      .why = "The Service is left out of the mesh's configuration: requests to its mesh name fail.",
      .remedy =
          "write an expression of NetworkErrorRatio(), ResponseCodeRatio(500, 600, 0, 600) and "
          "LatencyAtQuantileMS(50.0); give ratelimit-average and ratelimit-burst together",
      .check = check};
}

}  // namespace weft::rules
