// A request ready to be sent, in the form each protocol wants.
#pragma once

#include <string>
#include <string_view>

#include "lib/net/http2.h"

namespace weft::load {

struct Http2Request {
  net::Http2Fields fields;
  std::string body;
};

// What it points to stays as it is until the answer is there.
struct Message {
  std::string_view bytes;  // of HTTP/1.1
  const Http2Request* http2 = nullptr;
  bool to_head = false;  // the answer has no body
};

}  // namespace weft::load
