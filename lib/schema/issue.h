// What is wrong with an object by its schema.
#pragma once

#include <string>
#include <string_view>

#include "lib/doc/value.h"

namespace weft::schema {

enum class IssueKind {
  type,           // a string where a list is due
  unknown_field,  // the API server would drop it, or refuse it when asked to be strict
  required,
  value,        // not one of the listed values
  range,        // too small, too large, too short, too long, too few, too many
  pattern,      // also of a named format
  duplicate,    // in a list that is a set or a map
  combination,  // fields that exclude or need each other
  rule,         // a validation rule says no
  rule_failed,  // a validation rule could not be evaluated
  limit,        // judging stopped half-way: the object or its rules are too costly
};
std::string_view name_of(IssueKind kind);  // "type", "unknown-field", ...

struct Issue {
  IssueKind kind;
  std::string path;        // "spec.http[0].route"; empty for the object itself
  doc::Position position;  // of the value, or of the key of an unknown field
  std::string message;     // without the path: "must be a list, found a string"
  std::string suggestion;  // the name that was meant: "retries"; mostly empty
};

}  // namespace weft::schema
