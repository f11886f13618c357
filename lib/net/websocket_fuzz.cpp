// Frames as bytes from the network: reading them whole and in two pieces must agree, no message is
// larger than the limit or text that is not UTF-8, and what was read is read again when it is
// written. The first byte of the input chooses the role and where to split.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/text.h"
#include "lib/net/websocket.h"

namespace {

using namespace weft::net;

constexpr std::size_t kLimit = 4096;

void require(bool condition) {
  if (!condition) std::abort();
}

struct Read {
  std::vector<std::pair<WebSocketOpcode, std::string>> messages;
  std::uint16_t fault = 0;
  bool operator==(const Read&) const = default;
};

Read read(std::string_view bytes, WebSocketRole role, std::size_t split) {
  Read out;
  WebSocketReader reader(role, kLimit);
  for (std::string_view part : {bytes.substr(0, split), bytes.substr(split)}) {
    while (const auto message = reader.next(part)) {
      require(message->payload.size() <= kLimit);
      require(message->opcode != WebSocketOpcode::continuation);
      if (message->opcode == WebSocketOpcode::text)
        require(weft::base::valid_utf8(message->payload));
      out.messages.emplace_back(message->opcode, message->payload);
    }
    require(part.empty() || reader.fault());
  }
  out.fault = reader.fault().code;
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto role = (data[0] & 1) != 0 ? WebSocketRole::server : WebSocketRole::client;
  const std::size_t split = bytes.empty() ? 0 : (data[0] >> 1) % bytes.size();
  const Read whole = read(bytes, role, bytes.size());
  require(whole == read(bytes, role, split));

  std::string again;
  const WebSocketMask mask =
      role == WebSocketRole::server ? WebSocketMask(0x01020304) : std::nullopt;
  for (const auto& [opcode, payload] : whole.messages)
    append_websocket_frame(again, opcode, payload, mask);
  require(read(again, role, again.size()).messages == whole.messages);
  return 0;
}
