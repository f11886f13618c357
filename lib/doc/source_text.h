// The checks that every text passes before a parser sees it.
#pragma once

#include <memory>
#include <string_view>

#include "lib/base/result.h"
#include "lib/doc/value.h"

namespace weft::doc {

// The text behind a byte order mark, or an error at the first byte that is neither UTF-8 nor
// allowed in a text: control characters other than tab, line feed and carriage return.
base::Result<std::string_view> checked_text(const Source& source);

// A part of the source's text, which need not hold the rest to the same.
base::Result<void> check_text(const Source& source, std::string_view part);

// YAML's line breaks are LF, CRLF and CR; neither parser nor Source counts lines by the last.
std::string with_line_feeds(std::string_view text);

Position position_at(std::string_view text, std::size_t offset);

base::Error input_error(const Source& source, Position at, std::string message,
                        std::string remedy = {});

}  // namespace weft::doc
