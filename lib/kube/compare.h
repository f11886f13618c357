// What applying an object would change: desired against live, as a plan shows it.
//
// Only what is desired is compared: fields that the server, controllers or other managers added
// are not looked at. Lists whose items have a key (containers by name, ports by port and protocol,
// ...) are compared item by item. Quantities ("1000m" and 1), integers written as text, and fields
// desired as empty but dropped by the server are equal.
//
//   const auto change = kube::compare(desired, live);
//   if (change.action != Action::none) show(change.ref.text(), change.fields);
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/kube/object.h"

namespace weft::kube {

enum class Action { none, create, update, replace, remove };
std::string_view action_name(Action action);  // "create"

struct FieldChange {
  std::string path;  // "spec.template.spec.containers[name=discovery].image"
  doc::Value from;   // null when absent
  doc::Value to;
  bool masked = false;  // random at every render (mask.h): shown, never counted
};

struct Change {
  Action action = Action::none;
  Ref ref;
  std::vector<FieldChange> fields;
};

// `live` is absent when the object does not exist. Masked differences alone make no change. Changes
// of fields that cannot be updated in place (a Deployment's selector, a Job's template, a Service's
// clusterIP, roleRef) are `replace`.
Change compare(const Object& desired, const std::optional<Object>& live);

// Also what the previous render had and this one has not: those fields would be removed.
Change compare(const Object& desired, const std::optional<Object>& live,
               const std::optional<Object>& previous);

// "500m" and "0.5", "1Gi" and "1073741824". Absent when it is no quantity.
std::optional<double> parse_quantity(std::string_view text);

}  // namespace weft::kube
