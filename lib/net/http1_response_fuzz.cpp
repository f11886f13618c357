// The first byte chooses how the rest is cut; however it is cut, the reader must agree with itself.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "lib/net/http1_response.h"

namespace {

using weft::net::Http1Response;

Http1Response read(std::string_view bytes, std::size_t step, bool to_head,
                   weft::net::Http1HeaderCache* cache) {
  Http1Response answer;
  answer.start(to_head, cache);
  while (!bytes.empty() && !answer.done() && !answer.failed()) {
    const std::string_view piece = bytes.substr(0, step);
    if (answer.feed(piece) < piece.size() && !answer.done() && !answer.failed()) std::abort();
    bytes.remove_prefix(piece.size());
  }
  answer.end_of_stream();
  return answer;
}

void require_same(const Http1Response& a, const Http1Response& b) {
  if (a.done() != b.done() || a.failure() != b.failure()) std::abort();
  if (!a.done() && !a.failed()) std::abort();
  if (a.done() && (a.status() != b.status() || a.keep_alive() != b.keep_alive() ||
                   a.body_bytes() != b.body_bytes() || a.status() >= 600))
    std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const bool to_head = (data[0] & 1) != 0;
  const std::size_t step = std::max<std::size_t>(data[0] >> 1, 1);

  weft::net::Http1HeaderCache cache;
  const Http1Response whole = read(bytes, bytes.size() + 1, to_head, nullptr);
  require_same(whole, read(bytes, step, to_head, nullptr));
  require_same(whole, read(bytes, bytes.size() + 1, to_head, &cache));
  require_same(whole, read(bytes, bytes.size() + 1, to_head, &cache));
  return 0;
}
