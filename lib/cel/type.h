// The types of values in expressions. A type's character is how overload tables write it.
#pragma once

#include <string_view>

namespace weft::cel {

enum class Type : char {
  any = '*',  // only of what is known before evaluation: no value has it
  error = '!',
  null = 'n',
  boolean = 'b',
  integer = 'i',
  uinteger = 'u',
  number = 'd',
  string = 's',
  bytes = 'y',
  list = 'l',
  map = 'm',
  duration = 'D',
  timestamp = 'T',
  optional = 'O',
  type = 'Y',
  url = 'U',
  ip = 'I',
  cidr = 'C',
  quantity = 'Q',
  format = 'F',
  semver = 'V',
};

// As the language writes it: "int", "google.protobuf.Duration".
std::string_view type_name(Type type);
// The type that an expression names; Type::error when there is none of that name.
Type type_named(std::string_view name);

constexpr bool is_numeric(Type type) {
  return type == Type::integer || type == Type::uinteger || type == Type::number;
}

}  // namespace weft::cel
