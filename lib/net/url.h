// URLs of the services we call, with host, port and request target apart.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "lib/base/result.h"

namespace weft::net {

struct Url {
  std::string scheme;  // "http", "https"; of parse_target_url() also "grpc", "grpcs", "tcp", "udp"
  std::string host;    // without brackets for IPv6
  std::uint16_t port = 0;
  // Path and query as sent, at least "/" but for tcp and udp; the fragment is dropped.
  std::string target;

  std::string authority() const;  // "example.com", "example.com:8080", "[::1]:8080"
  std::string text() const;
  bool is_secure() const { return scheme == "https" || scheme == "grpcs"; }
};

// A missing scheme means http. Refuses user:password@, spaces, control characters, empty hosts,
// and other schemes, each with a usage error that says what to write instead.
base::Result<Url> parse_url(std::string_view text);
// The same for what else the load engine speaks; tcp and udp have a port, and no path.
base::Result<Url> parse_target_url(std::string_view text);

}  // namespace weft::net
