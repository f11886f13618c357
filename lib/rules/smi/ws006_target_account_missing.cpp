#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check_account(const Inventory& in, const Resource& target, const Value* account, Report& out) {
  const Value* name = get(account, "name");
  const Value* ns = get(account, "namespace");
  const std::string_view where = ns != nullptr ? text(ns) : target.ns;
  if (text(get(account, "kind")) != "ServiceAccount" || text(name).empty() ||
      text(name) == "default" || in.find(kinds::service_account, where, text(name)) != nullptr)
    return;
  out.add(target, name, fmt::format("there is no ServiceAccount {}/{}", where, text(name)))
      .with("account", fmt::format("{}/{}", where, text(name)))
      .absence();
}

void check(const Inventory& in, Report& out) {
  for (const Resource* target : in.all(kinds::traffic_target)) {
    check_account(in, *target, get(target->spec, "destination"), out);
    for (const Value& source : items(get(target->spec, "sources")))
      check_account(in, *target, &source, out);
  }
}

}  // namespace

Rule ws006() {
  return {.id = "WS006",
          .slug = "target-account-missing",
          .mesh = "SMI",
          .category = "security",
          .title = "a TrafficTarget for a service account that is not there",
          .why = "It allows nobody, or protects nothing.",
          .remedy = "correct the name or the namespace of the service account",
          .check = check};
}

}  // namespace weft::rules
