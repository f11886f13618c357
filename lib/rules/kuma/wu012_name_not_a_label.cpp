#include <algorithm>

#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/kuma/kuma.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

bool is_dns_label(std::string_view name) {
  const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
  return !name.empty() && name.size() <= 63 && is_letter(name.front()) && name.back() != '-' &&
         std::all_of(name.begin(), name.end(),
                     [&](char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '-'; });
}

void check(const Inventory& in, Report& out) {
  for (const char* kind : {"Mesh", "Zone", "MeshService"})
    for (const Resource* resource : in.all({kKumaGroup, kind}))
      if (!resource->name.empty() && !is_dns_label(resource->name))
        out.add(*resource, get(resource->root, "metadata", "name"),
                fmt::format("{} is no label of a host name", resource->name));
}

}  // namespace

Rule wu012() {
  return {.id = "WU012",
          .slug = "name-not-a-label",
          .severity = Severity::error,
          .mesh = "Kuma",
          .category = "routing",
          .title = "a name that Kuma 3 refuses",
          .why =
              "Names of meshes, zones and services become parts of host names there: letters, "
              "digits and dashes, from a letter on, 63 characters at most.",
          .remedy = "choose another name before you upgrade",
          .check = check};
}

}  // namespace weft::rules
