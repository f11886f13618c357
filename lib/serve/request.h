// A whole request as the endpoints see it, and the parts of its target.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "lib/net/http1_request.h"
#include "lib/net/tls.h"
#include "lib/serve/port.h"

namespace weft::serve {

struct Request {
  const net::RequestHead& head;
  std::string_view body;  // of endpoints that keep it (route.h); empty elsewhere
  std::uint64_t body_size = 0;
  int socket = -1;                       // to ask who the peer is
  const Port* port = nullptr;            // it came in on
  const net::TlsSession* tls = nullptr;  // null: plain
};

// "/a%20b?x=1" or "http://host/a%20b?x=1" in parts, as sent.
struct Target {
  std::string_view path;   // begins with '/', or is "*"
  std::string_view query;  // without its '?'
};
Target split_target(std::string_view target);

// "%2F" decoded, and "+" where it means a space; a '%' that begins no escape stays.
std::string percent_decode(std::string_view text, bool plus_is_space);

// The first value of that parameter in a query, decoded.
std::optional<std::string> query_value(std::string_view query, std::string_view name);

// A name the client gave to one attempt and all its retries: the field x-weft-nonce, else the
// parameter nonce; empty when there is none. Longer ones are not used as one.
inline constexpr std::size_t kMaxNonce = 128;
std::string request_nonce(const net::RequestHead& head, std::string_view query);

}  // namespace weft::serve
