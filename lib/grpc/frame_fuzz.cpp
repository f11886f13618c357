// The first byte says how the rest is cut. However it is cut, the same messages come out, no more
// bytes are kept than came, and the reader of Protocol Buffers ends on each of them.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "lib/grpc/frame.h"
#include "lib/grpc/status.h"
#include "lib/grpc/wire.h"

namespace {

using namespace weft::grpc;

constexpr std::size_t kLimit = 1 << 16;

struct Seen {
  std::vector<std::string> messages;
  FrameFailure failure;
  bool midway;
  friend bool operator==(const Seen&, const Seen&) = default;
};

Seen read(std::string_view bytes, std::size_t step) {
  Seen seen;
  FrameReader reader(true, kLimit);
  for (; !bytes.empty(); bytes.remove_prefix(std::min(step, bytes.size()))) {
    std::string_view part = bytes.substr(0, step);
    while (const auto message = reader.next(part)) seen.messages.emplace_back(*message);
  }
  seen.failure = reader.failure();
  seen.midway = reader.midway();
  return seen;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const Seen whole = read(bytes, bytes.size() + 1);
  if (!(read(bytes, std::max<std::size_t>(data[0], 1)) == whole)) std::abort();
  for (const std::string& message : whole.messages) {
    if (message.size() > kLimit) std::abort();
    WireReader fields(message);
    std::size_t count = 0;
    while (fields.next())
      if (++count > message.size()) std::abort();
  }
  if (decode_message(encode_message(bytes)) != bytes) std::abort();
  parse_timeout(bytes);
  return 0;
}
