// Doubles as the language prints them: the shortest digits that read back the same, with an
// exponent of at least two digits below 1e-4 and from 1e6: 123.5, 1e+06.
#pragma once

#include <string>

namespace weft::cel {

std::string number_text(double value);
// Fixed or scientific with a number of decimals.
std::string fixed_text(double value, int decimals);
std::string scientific_text(double value, int decimals);

}  // namespace weft::cel
