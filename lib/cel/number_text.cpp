#include "lib/cel/number_text.h"

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <iterator>

#include "lib/base/format.h"

namespace weft::cel {
namespace {

std::string special(double value) {
  return std::isnan(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
}

std::string shortest(double value, std::chars_format format) {
  char buffer[40];
  return {buffer, std::to_chars(buffer, std::end(buffer), value, format).ptr};
}

}  // namespace

std::string number_text(double value) {
  if (!std::isfinite(value)) return special(value);
  const double size = std::abs(value);
  const bool is_plain = size == 0 || (size >= 1e-4 && size < 1e6);
  return shortest(value, is_plain ? std::chars_format::fixed : std::chars_format::scientific);
}

std::string fixed_text(double value, int decimals) {
  return std::isfinite(value) ? fmt::format("{:.{}f}", value, decimals) : special(value);
}

std::string scientific_text(double value, int decimals) {
  return std::isfinite(value) ? fmt::format("{:.{}e}", value, decimals) : special(value);
}

}  // namespace weft::cel
