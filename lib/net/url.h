// URLs of the services we call: http and https, with host, port and request target apart.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "lib/base/result.h"

namespace weft::net {

struct Url {
  std::string scheme;  // "http" or "https"
  std::string host;    // without brackets for IPv6
  std::uint16_t port = 0;
  std::string target;  // path and query as sent, at least "/"; the fragment is dropped

  std::string authority() const;  // "example.com", "example.com:8080", "[::1]:8080"
  std::string text() const;
};

// A missing scheme means http. Refuses user:password@, spaces, control characters, empty hosts,
// and other schemes, each with a usage error that says what to write instead.
base::Result<Url> parse_url(std::string_view text);

}  // namespace weft::net
