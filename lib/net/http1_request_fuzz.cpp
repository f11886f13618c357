// Requests as bytes from the network: reading them whole and in two pieces must agree, views must
// stay inside the text, and nothing accepted may hold what header injection is made of. The first
// byte of the input says where to split.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "lib/net/http1_request.h"

namespace {

using weft::net::BodyReader;
using weft::net::HeadScanner;
using weft::net::RequestHead;

void require(bool condition) {
  if (!condition) std::abort();
}

bool inside(std::string_view part, std::string_view text) {
  return part.empty() ||
         (part.data() >= text.data() && part.data() + part.size() <= text.data() + text.size());
}

HeadScanner::State scan(std::string_view text, std::size_t split, HeadScanner& scanner) {
  constexpr std::size_t kLimit = 4096;
  const auto state = scanner.scan(text.substr(0, split), kLimit);
  return state == HeadScanner::State::partial ? scanner.scan(text, kLimit) : state;
}

struct Body {
  BodyReader::State state{};
  std::size_t used = 0;
  std::string kept;
};

Body read_body(const RequestHead& head, std::string_view text, std::size_t split) {
  Body out;
  BodyReader reader;
  reader.start(head, 1 << 16);
  out.state = reader.feed(text.substr(0, split), out.used, &out.kept);
  if (out.state == BodyReader::State::partial) {
    std::size_t more = 0;
    require(out.used == split);
    out.state = reader.feed(text.substr(split), more, &out.kept);
    out.used += more;
  }
  require(out.used <= text.size() && out.kept.size() == reader.size());
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::size_t split = text.empty() ? 0 : data[0] % text.size();
  HeadScanner whole;
  HeadScanner pieces;
  const auto state = scan(text, text.size(), whole);
  require(state == scan(text, split, pieces));
  if (state != HeadScanner::State::complete) return 0;
  require(whole.size() == pieces.size() && whole.skip() == pieces.skip());
  require(whole.size() <= text.size());

  const std::string_view head_text = text.substr(whole.skip(), whole.size() - whole.skip());
  static RequestHead head;
  if (const auto fault = weft::net::parse_request(head_text, head)) {
    require(fault.status >= 400 && fault.status <= 599 && !fault.reason.empty());
    return 0;
  }
  require(inside(head.method, head_text) && inside(head.target, head_text));
  require(!(head.chunked && head.content_length > 0));
  for (const auto& field : head.fields()) {
    require(inside(field.name, head_text) && inside(field.value, head_text));
    require(!field.name.empty());
    require(field.value.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos);
  }

  const std::string_view rest = text.substr(whole.size());
  const Body one = read_body(head, rest, rest.size());
  const Body two = read_body(head, rest, rest.empty() ? 0 : data[0] % rest.size());
  require(one.state == two.state);
  if (one.state == BodyReader::State::complete)
    require(one.used == two.used && one.kept == two.kept);
  return 0;
}
