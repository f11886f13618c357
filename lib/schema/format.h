// Named formats of strings and numbers. Names that are not here say nothing, as in the API server.
#pragma once

#include <string_view>

#include "lib/cel/type.h"

namespace weft::schema {

struct Format {
  std::string_view name;
  std::string_view wanted;                    // "a date and time such as ..."; empty for numbers
  bool (*valid)(std::string_view) = nullptr;  // of a string
  double minimum = 0;                         // of a number
  double maximum = 0;
  cel::Type type = cel::Type::string;  // what rules see
};

const Format* find_format(std::string_view name);

}  // namespace weft::schema
