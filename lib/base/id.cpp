#include "lib/base/id.h"

#include <sys/random.h>

#include "lib/base/format.h"

namespace weft::base {

std::uint64_t random_bits() {
  std::uint64_t bits = 0;
  while (::getrandom(&bits, sizeof bits, 0) != static_cast<ssize_t>(sizeof bits)) {
  }
  return bits;
}

std::string new_id(WallTime now) {
  const auto days = std::chrono::floor<std::chrono::days>(now);
  const std::chrono::year_month_day date{days};
  const std::chrono::hh_mm_ss clock{std::chrono::floor<std::chrono::seconds>(now - days)};
  std::string id =
      fmt::format("{:04}{:02}{:02}-{:02}{:02}{:02}-", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                  clock.hours().count(), clock.minutes().count(), clock.seconds().count());
  constexpr char kAlphabet[] = "0123456789abcdefghjkmnpqrstvwxyz";  // Crockford's, no look-alikes
  std::uint64_t bits = random_bits();
  for (int i = 0; i < 6; ++i, bits >>= 5) id += kAlphabet[bits & 31];
  return id;
}

}  // namespace weft::base
