// The input is base64 text as it stands, and also a payload that we deflate and wrap first: a
// fuzzer does not find its way through zlib.
#include <zlib.h>

#include <cstdint>
#include <cstdlib>
#include <string>

#include "lib/base/base64.h"
#include "lib/stats/hdr.h"

namespace {

void decode(std::string_view text) {
  const auto first = weft::stats::hdr_decode_sparse(text);
  if (!first.ok()) return;
  const auto second = weft::stats::hdr_decode_sparse(weft::stats::hdr_encode(first.value()));
  if (!second.ok() || !(second.value() == first.value())) std::abort();
}

std::string wrapped(const std::uint8_t* data, std::size_t size) {
  uLongf length = compressBound(static_cast<uLong>(size));
  std::string body(length, '\0');
  compress(reinterpret_cast<Bytef*>(body.data()), &length, data, static_cast<uLong>(size));
  body.resize(length);
  std::string bytes = "\x1c\x84\x93\x14";
  for (unsigned shift = 32; shift > 0; shift -= 8)
    bytes += static_cast<char>(length >> (shift - 8) & 0xff);
  return weft::base::base64_encode(bytes + body);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  decode({reinterpret_cast<const char*>(data), size});
  decode(wrapped(data, size));
  return 0;
}
