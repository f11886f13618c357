#include <map>
#include <set>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

struct Use {
  const Resource* entry;
  const Value* port;
  std::string protocol;
};

void check(const Inventory& in, Report& out) {
  std::map<std::string, std::vector<Use>> uses;
  for (const Resource* entry : in.all(kinds::service_entry)) {
    std::string scope;
    for (const Value& to : items(get(entry->spec, "exportTo"))) scope = text(&to);
    if (scope == ".") scope = entry->ns;
    for (const Value& host : items(get(entry->spec, "hosts")))
      for (const Value& port : items(get(entry->spec, "ports")))
        uses[fmt::format("{}:{} in {}", text(&host), scalar_text(get(&port, "number")),
                         scope.empty() ? "*" : scope)]
            .push_back({entry, &port, base::lower(text(get(&port, "protocol")))});
  }
  for (const auto& [where, all] : uses) {
    std::set<std::string> protocols;
    std::string list;
    for (const Use& use : all) protocols.insert(use.protocol);
    for (const std::string& protocol : protocols) list += (list.empty() ? "" : ", ") + protocol;
    if (protocols.size() < 2) continue;
    for (const Use& use : all)
      out.add(*use.entry, use.port, fmt::format("{} is given the protocols {}", where, list))
          .with("where", where)
          .with("protocols", list);
  }
}

}  // namespace

Rule wi051() {
  return {.id = "WI051",
          .slug = "se-protocol-conflict",
          .mesh = "Istio",
          .category = "service entries",
          .title = "ServiceEntries give one host and port different protocols",
          .why = "Which protocol counts depends on the order of creation.",
          .remedy = "agree on one protocol",
          .refs = "IST0177 KIA1212",
          .check = check};
}

}  // namespace weft::rules
