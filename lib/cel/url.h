// URLs as the API server reads them: absolute, or a path from the root.
#pragma once

#include <optional>
#include <string_view>

#include "lib/cel/value.h"

namespace weft::cel {

// Parts of `text`, as written.
struct Url : Object {
  std::string_view text;
  std::string_view scheme;
  std::string_view host;  // with the port, without user information
  std::string_view path;
  std::string_view query;
};

// `text` must outlive the result.
std::optional<Url> parse_url(std::string_view text);

}  // namespace weft::cel
