// Who calls whom, as far as files tell, and what routes say about the callee: what is multiplied or
// contradicted along a chain of calls.
//
//   for (const Call& call : in.view<Calls>().all()) compare(*call.caller, *call.callee);
#pragma once

#include <unordered_map>
#include <vector>

#include "lib/rules/inventory.h"

namespace weft::rules {

struct Call {
  const Resource* caller = nullptr;  // Services, never the same
  const Resource* callee = nullptr;
  const Resource* known_from = nullptr;
};

// From AuthorizationPolicies, which name the accounts of a selected pod's callers, and from the
// egress hosts of Sidecars for selected pods. The account named default, wildcards, and what is
// for very many Services say nothing.
class Calls {
 public:
  explicit Calls(const Inventory& in);
  std::span<const Call> all() const { return all_; }

 private:
  using Services = std::vector<const Resource*>;
  void add_policies(const Inventory& in);
  void add_sidecars(const Inventory& in);
  void add(Services callers, Services callees, const Resource& known_from);

  std::vector<Call> all_;  // each pair once
};

// What a rule of a VirtualService or an HTTPRoute sets for calls of a Service in the mesh.
struct CallRule {
  const Resource* route = nullptr;
  const Value* timeout = nullptr;   // of a request with all its tries; null: not set
  const Value* attempts = nullptr;  // tries after the first
};

class CallRules {
 public:
  explicit CallRules(const Inventory& in);
  std::span<const CallRule> of(const Resource& service) const;

 private:
  void add_virtual_services(const Inventory& in);
  void add_routes(const Inventory& in, const GroupKind& kind);

  std::unordered_map<const Resource*, std::vector<CallRule>> by_service_;
};

}  // namespace weft::rules
