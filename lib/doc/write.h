// Documents back into text. Numbers round-trip; strings that would be read as something else are
// quoted; block style with two spaces; the same value always gives the same bytes.
#pragma once

#include <string>

#include "lib/doc/value.h"

namespace weft::doc {

std::string write_yaml(const Value& value);
// indent 0 puts everything on one line. NaN and infinity become null: JSON has neither.
std::string write_json(const Value& value, int indent = 2);

}  // namespace weft::doc
