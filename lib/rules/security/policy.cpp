#include "lib/rules/security/policy.h"

#include <algorithm>

#include "lib/base/text.h"

namespace weft::rules {
namespace {

void visit_entries(const Resource& policy, std::string_view list, std::string_view part,
                   std::string_view field, const std::function<void(const Value&)>& visit) {
  for (const Value& rule : items(get(policy.spec, "rules")))
    for (const Value& entry : items(get(&rule, list)))
      for (const Value& value : items(get(&entry, part, field))) visit(value);
}

// Fields of sources, operations and conditions that come with HTTP.
constexpr std::string_view kHttpFields[] = {"requestPrincipals",
                                            "notRequestPrincipals",
                                            "remoteIpBlocks",
                                            "notRemoteIpBlocks",
                                            "hosts",
                                            "notHosts",
                                            "methods",
                                            "notMethods",
                                            "paths",
                                            "notPaths"};

bool has_http_field(const Value* part) {
  return std::any_of(std::begin(kHttpFields), std::end(kHttpFields),
                     [part](std::string_view field) { return get(part, field) != nullptr; });
}

}  // namespace

void for_each_source(const Resource& policy, std::string_view field,
                     const std::function<void(const Value&)>& visit) {
  visit_entries(policy, "from", "source", field, visit);
}

void for_each_operation(const Resource& policy, std::string_view field,
                        const std::function<void(const Value&)>& visit) {
  visit_entries(policy, "to", "operation", field, visit);
}

std::optional<Account> local_account(std::string_view principal) {
  if (principal.starts_with("spiffe://")) principal.remove_prefix(9);
  const auto parts = base::split(principal, '/');
  const bool is_account = parts.size() == 5 && parts[0] == "cluster.local" && parts[1] == "ns" &&
                          parts[3] == "sa" && principal.find('*') == std::string_view::npos;
  if (!is_account) return std::nullopt;
  return Account{parts[2], parts[4]};
}

std::string_view path_normalization(const Inventory& in) {
  return text(get(in.mesh_config(), "pathNormalization", "normalization"));
}

bool merges_slashes(const Inventory& in) {
  return path_normalization(in).find("MERGE_SLASHES") != std::string_view::npos;
}

bool needs_http(const Resource& policy) {
  for (const Value& rule : items(get(policy.spec, "rules"))) {
    for (const Value& from : items(get(&rule, "from")))
      if (has_http_field(get(&from, "source"))) return true;
    for (const Value& to : items(get(&rule, "to")))
      if (has_http_field(get(&to, "operation"))) return true;
    for (const Value& when : items(get(&rule, "when")))
      if (text(get(&when, "key")).starts_with("request.")) return true;
  }
  return false;
}

}  // namespace weft::rules
