#include <map>
#include <set>

#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/istio/istio.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

// What a match asks for besides the path.
std::string rest_of(const Value& match) {
  std::string out;
  for (const char* key : {"port", "method", "authority", "scheme", "headers", "withoutHeaders",
                          "queryParams", "gateways", "sourceLabels", "sourceNamespace"})
    if (const Value* value = get(&match, key)) out += fmt::format("{}={};", key, canonical(*value));
  return out;
}

// The prefix among `earlier` that `prefix` begins with.
std::optional<std::string> cover(const std::set<std::string>& earlier, const std::string& prefix) {
  for (std::size_t length = 1; length <= prefix.size(); ++length)
    if (earlier.contains(prefix.substr(0, length))) return prefix.substr(0, length);
  return std::nullopt;
}

void check(const Inventory& in, Report& out) {
  for (const Resource* vs : in.all(kinds::virtual_service)) {
    std::set<std::string> seen;
    std::map<std::string, std::set<std::string>> prefixes;
    for (const Value& rule : routes(*vs, "http")) {
      const auto matches = items(get(&rule, "match"));
      for (const Value& match : matches) {
        if (!seen.insert(canonical(match)).second) {
          out.add(*vs, &match, "an earlier match is the same");
          continue;
        }
        const std::string prefix(text(get(&match, "uri", "prefix")));
        if (prefix.empty() || is_true(get(&match, "ignoreUriCase"))) continue;
        auto& earlier = prefixes[rest_of(match)];
        if (const auto wider = cover(earlier, prefix))
          out.add(*vs, &match, fmt::format("an earlier match has the prefix {} already", *wider));
        earlier.insert(prefix);
      }
    }
  }
}

}  // namespace

Rule wi019() {
  return {.id = "WI019",
          .slug = "vs-match-covered",
          .severity = Severity::info,
          .mesh = "Istio",
          .category = "routing",
          .title = "a match that an earlier one covers",
          .why = "The first rule that matches is taken, so this match never decides anything.",
          .remedy = "remove it, or move it before the wider one",
          .refs = "IST0131",
          .check = check};
}

}  // namespace weft::rules
