#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/istio/istio.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

constexpr std::size_t kManyRegexes = 20;

// What says the same without an expression, or "".
std::string simpler(std::string_view regex) {
  const auto is_plain = [](std::string_view part) {
    return part.starts_with('/') && part.find_first_of(".*+?()[]{}|\\^$") == std::string_view::npos;
  };
  if (regex.starts_with('^')) regex.remove_prefix(1);
  if (regex.ends_with('$')) regex.remove_suffix(1);
  if (is_plain(regex)) return fmt::format("exact: {}", regex);
  if (regex.ends_with(".*") && is_plain(regex.substr(0, regex.size() - 2)))
    return fmt::format("prefix: {}", regex.substr(0, regex.size() - 2));
  return {};
}

void check(const Inventory& in, Report& out) {
  for (const Resource* vs : in.all(kinds::virtual_service)) {
    std::size_t count = 0;
    for (const Value& rule : routes(*vs, "http")) {
      for (const Value& match : items(get(&rule, "match"))) {
        const Value* regex = get(&match, "uri", "regex");
        if (regex == nullptr) continue;
        const std::string better = simpler(text(regex));
        if (!better.empty()) out.add(*vs, regex, fmt::format("means {}", better));
        if (++count == kManyRegexes + 1)
          out.add(*vs, regex, fmt::format("more than {} expressions for one host", kManyRegexes));
      }
    }
  }
}

}  // namespace

Rule wp007() {
  return {.id = "WP007",
          .slug = "regex-needless",
          .severity = Severity::info,
          .mesh = "Istio",
          .category = "performance",
          .title = "a regular expression where a prefix or an exact path does",
          .why =
              "Envoy tries the routes of a host one after the other; an expression costs many "
              "times what comparing text does, for every request that reaches it.",
          .remedy = "write prefix or exact instead",
          .check = check};
}

}  // namespace weft::rules
