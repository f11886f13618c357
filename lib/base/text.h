// Small string helpers, ASCII only and independent of the locale.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weft::base {

std::string_view trim(std::string_view text);
std::vector<std::string_view> split(std::string_view text, char separator);  // keeps empty parts
std::string join(std::span<const std::string> parts, std::string_view separator);
std::string lower(std::string_view text);
bool equal_ignoring_case(std::string_view a, std::string_view b);
std::string plural(std::uint64_t count, std::string_view noun);  // "1 error", "3 errors"

// Candidates close enough to `word` to be what was meant, nearest first, at most `limit`.
std::vector<std::string> closest(std::string_view word, std::span<const std::string> candidates,
                                 std::size_t limit = 3);

// " (did you mean --duration?)" or an empty string: the tail of an error about an unknown word.
std::string did_you_mean(std::string_view word, std::span<const std::string> candidates);

// True when `text` is well-formed UTF-8.
bool valid_utf8(std::string_view text);
// How many bytes from the start are well-formed: text.size() when all are.
std::size_t valid_utf8_length(std::string_view text);

}  // namespace weft::base
