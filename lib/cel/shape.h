// What a schema says about a document, as far as expressions care: that 1 is a double where the
// schema says number, that a string is a timestamp, which fields there are, what an absent field
// defaults to. Made by lib/schema; an expression without one takes values as they are written.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lib/cel/type.h"
#include "lib/doc/value.h"

namespace weft::cel {

struct Shape;

struct ShapeField {
  std::string name;
  const Shape* shape = nullptr;
  const doc::Value* fallback = nullptr;  // what an absent field reads as
};

struct Shape {
  Type type = Type::any;
  bool nullable = false;
  // An object with the named fields and no others: naming another one is a mistake.
  bool closed = false;
  // Order does not matter when two such lists are compared (list types set and map).
  bool unordered = false;
  const Shape* items = nullptr;    // of list elements, or of map values
  std::vector<ShapeField> fields;  // by name

  const ShapeField* field(std::string_view name) const;
};

}  // namespace weft::cel
