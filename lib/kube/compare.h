// What applying objects would change: desired against live, as a plan shows it.
//
// Only what is desired is compared: fields that the server, controllers or other managers added
// are not looked at, unless the previous render had them. Lists whose items have a key (containers
// by name, ports by port and protocol, ...) are compared item by item. Quantities ("1000m" and 1)
// and empty values that the server drops ("", 0, false, {}, []) are equal.
//
//   const auto change = kube::compare(desired, live);
//   if (change.action != Action::none) show(change.ref.text(), change.fields);
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/kube/cluster.h"
#include "lib/kube/object.h"

namespace weft::kube {

enum class Action { none, create, update, replace, remove };
std::string_view action_name(Action action);  // "create"

struct FieldChange {
  std::string path;  // "spec.template.spec.containers[name=discovery].image"
  doc::Value from;   // null when absent
  doc::Value to;
  bool masked = false;  // see mask.h: the values are not shown and it makes no change alone
};

struct Change {
  Action action = Action::none;
  Ref ref;
  std::vector<FieldChange> fields;
};

struct CompareOptions {
  // What was desired last time: what it has and `desired` has not would be removed.
  const Object* previous = nullptr;
  std::vector<std::string> masks;  // further fields that differ at every render, as in mask.h
};

// `live` is absent when the object does not exist. Fields that cannot be updated in place (a
// Deployment's selector, a Job's template, roleRef ...) make it `replace`.
Change compare(const Object& desired, const std::optional<Object>& live,
               const CompareOptions& options = {});

// Every object of `desired`, and those of `previous` that would be deleted, against the cluster:
// one call. Objects say their namespace (fill_namespace). The order is that of `desired`.
base::Result<std::vector<Change>> compare_all(Cluster& cluster, const Objects& desired,
                                              const Objects& previous = {},
                                              const std::vector<std::string>& masks = {});

// "500m" is 0.5, "1Gi" is 1073741824. Absent when it is no quantity.
std::optional<double> parse_quantity(std::string_view text);

}  // namespace weft::kube
