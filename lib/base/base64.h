// Base64 of RFC 4648 section 4: standard alphabet, padded, no line breaks.
//
//   base::base64_encode("weft");        // "d2VmdA=="
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace weft::base {

std::string base64_encode(std::string_view bytes);
// Absent for foreign characters, missing padding or stray bits: there is one text for each input.
std::optional<std::string> base64_decode(std::string_view text);

}  // namespace weft::base
