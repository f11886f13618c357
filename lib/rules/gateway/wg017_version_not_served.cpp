#include <map>
#include <set>

#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

constexpr std::string_view kGroup = "gateway.networking.k8s.io";

struct Served {
  std::set<std::string_view> versions;
  std::string_view bundle;
};

std::map<std::string_view, Served> definitions(const Inventory& in) {
  std::map<std::string_view, Served> all;
  for (const Resource* crd : in.all(kinds::crd)) {
    if (text(get(crd->spec, "group")) != kGroup) continue;
    Served& served = all[text(get(crd->spec, "names", "kind"))];
    served.bundle = crd->annotation("gateway.networking.k8s.io/bundle-version");
    for (const Value& version : items(get(crd->spec, "versions")))
      if (is_true(get(&version, "served"))) served.versions.insert(text(get(&version, "name")));
  }
  return all;
}

void check(const Inventory& in, Report& out) {
  for (const auto& [kind, served] : definitions(in)) {
    if (served.versions.empty()) continue;
    std::string list;
    for (std::string_view version : served.versions)
      list += fmt::format("{}{}", list.empty() ? "" : ", ", version);
    for (const Resource* object : in.all({kGroup, kind}))
      if (!served.versions.contains(object->version))
        out.add(*object, get(object->root, "apiVersion"),
                fmt::format("the definition{}{} serves {} only",
                            served.bundle.empty() ? "" : " of ", served.bundle, list));
  }
}

}  // namespace

Rule wg017() {
  return {
      .id = "WG017",
      .slug = "version-not-served",
      .mesh = "Gateway API",
      .category = "routing",
      .title = "an object in a version that the installed definition does not serve",
      .why =
          "The API server refuses the object. Definitions of the Gateway API come in bundles; an "
          "old one lacks the versions that manifests of today are written in.",
      .remedy = "install a newer bundle of the Gateway API, or write the version that it serves",
      .refs = "IST0156 IST0172 IST0176 l5d-gateway-api-crd",
      .check = check};
}

}  // namespace weft::rules
