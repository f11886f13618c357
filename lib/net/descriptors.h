// The process's limit on open descriptors, which is also its limit on connections.
#pragma once

#include <cstdint>

namespace weft::net {

// Raises the soft limit to the hard one; returns what it is then.
std::uint64_t raise_descriptor_limit();

}  // namespace weft::net
