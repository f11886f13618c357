// Functions as tables: one row per overload with the types it takes, so that no function checks
// types by itself and the compiler can refuse what cannot work.
//
//   {"substring", Style::member, "sii", 's', substring}   // "text".substring(1, 3)
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lib/cel/context.h"

namespace weft::cel {

enum class Style : std::uint8_t { global, member, both };

struct Overload {
  std::string_view name;
  Style style;
  std::string_view parameters;  // types by their characters, the receiver first
  Type result;
  // Arguments have the types of `parameters`; errors never get here.
  Value (*run)(Context& context, const Value* arguments);
};

std::span<const Overload> core_functions();
std::span<const Overload> string_functions();
std::span<const Overload> list_functions();
std::span<const Overload> time_functions();
std::span<const Overload> url_functions();
std::span<const Overload> address_functions();
std::span<const Overload> quantity_functions();
std::span<const Overload> format_functions();

// Every overload of this name that can be written so with this many arguments.
std::vector<const Overload*> find_overloads(std::string_view name, bool member, std::size_t count);
bool is_function(std::string_view name);
std::vector<std::string> function_names();

}  // namespace weft::cel
