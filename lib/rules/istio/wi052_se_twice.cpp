#include <map>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

struct Entry {
  const Resource* resource;
  const Value* port;
};

// Entries that say where the host is add up; those that do not are plain copies.
std::string where(const Resource& entry) {
  const Value* endpoints = get(entry.spec, "endpoints");
  const Value* selector = get(entry.spec, "workloadSelector");
  return fmt::format("{} {}", endpoints == nullptr ? "" : canonical(*endpoints),
                     selector == nullptr ? "" : canonical(*selector));
}

void check(const Inventory& in, Report& out) {
  std::map<std::string, std::vector<Entry>> same;
  for (const Resource* entry : in.all(kinds::service_entry)) {
    const Value* scope = get(entry->spec, "exportTo");
    const bool is_private = scope != nullptr && canonical(*scope) == "[\".\",]";
    for (const Value& host : items(get(entry->spec, "hosts")))
      for (const Value& port : items(get(entry->spec, "ports")))
        same[fmt::format("{} {} {} {} {}", base::lower(text(&host)),
                         scalar_text(get(&port, "number")),
                         base::lower(text(get(&port, "protocol"))), is_private ? entry->ns : "",
                         where(*entry))]
            .push_back({entry, &port});
  }
  for (const auto& [key, entries] : same) {
    const Entry& first = entries.front();
    for (const Entry& entry : entries) {
      if (entry.resource == first.resource) continue;
      const std::string host = key.substr(0, key.find(' '));
      const std::string number = scalar_text(get(entry.port, "number"));
      out.add(*entry.resource, entry.port,
              fmt::format("port {} of {} is in {} too", number, host, first.resource->full_name()))
          .with("host", host)
          .with("port", number)
          .with("other", first.resource->full_name());
    }
  }
}

}  // namespace

Rule wi052() {
  return {.id = "WI052",
          .slug = "se-twice",
          .mesh = "Istio",
          .category = "service entries",
          .title = "two ServiceEntries for the same host and port",
          .why =
              "Where they differ, in resolution or location, the older one wins; whoever changes "
              "the other one wonders why nothing happens.",
          .remedy = "keep one, visible to all namespaces that need it",
          .refs = "KIA1211",
          .check = check};
}

}  // namespace weft::rules
