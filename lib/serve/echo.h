// The answer of /echo: the request as this service saw it, and who this service is.
#pragma once

#include <string>

#include "lib/serve/route.h"

namespace weft::serve {

inline constexpr std::string_view kNonceField = "x-weft-nonce";

std::string echo_json(const Request& request, const Target& target, Shared& shared);

// "%2F" and "+" decoded as in a query; a '%' that begins no escape stays.
std::string percent_decode(std::string_view text, bool plus_is_space);

}  // namespace weft::serve
