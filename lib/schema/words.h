// How issues name what they found and what they wanted.
#pragma once

#include <string>
#include <string_view>

#include "lib/doc/value.h"
#include "lib/schema/node.h"

namespace weft::schema {

std::string_view noun_of(const Node& node);                         // "an integer", "a list"
std::string_view noun_of(const doc::Value& value);                  // "a string", "null"
std::string text_of(double number);                                 // 65535, 0.5
std::string text_of(const doc::Value& scalar);                      // as people write it
std::string range_text(const Range& range, std::string_view noun);  // "at most 16 items"
std::string shortened(std::string_view text);  // the beginning, where it is long

}  // namespace weft::schema
