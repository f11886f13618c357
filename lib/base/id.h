// Names for things we make: sortable by time, short enough to type, unique enough to trust.
#pragma once

#include <cstdint>
#include <string>

#include "lib/base/clock.h"

namespace weft::base {

// 64 bits from the kernel's generator.
std::uint64_t random_bits();

// "20260301-120000-k3f9x2": UTC second and 30 random bits.
std::string new_id(WallTime now);

}  // namespace weft::base
