// JSON text straight into a buffer, for answers made on every request.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace weft::serve {

// "text" in quotes, escaped. Bytes that are not UTF-8 are taken as Latin-1, as HTTP header
// values may be, so the result is always valid JSON.
void append_json(std::string& out, std::string_view text);
void append_number(std::string& out, std::uint64_t number);

// {"error": reason, "parameter": name}: the body of every refusal; no parameter when empty.
std::string error_json(std::string_view reason, std::string_view parameter = {});

}  // namespace weft::serve
