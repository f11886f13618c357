// What a proxy may answer, whole and in two pieces, must come to the same end and never take more
// than there is. The first byte of the input chooses the kind of proxy and where to split.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "lib/net/proxy.h"

namespace {

using weft::net::Proxy;
using weft::net::ProxyDialog;

void require(bool condition) {
  if (!condition) std::abort();
}

struct End {
  bool open;
  weft::net::ProxyFailure failure;
  std::uint16_t code;
  std::size_t used;
  bool operator==(const End&) const = default;
};

End talk(const Proxy& proxy, std::string_view text, std::size_t split) {
  ProxyDialog dialog(proxy, "shop.example", 443);
  std::size_t used = 0;
  for (const std::size_t size : {split, text.size()}) {
    dialog.sent(dialog.output().size());
    if (dialog.open() || dialog.fault() || used > size) continue;
    const std::size_t taken = dialog.feed(text.substr(used, size - used));
    require(taken <= size - used);
    used += taken;
  }
  return {dialog.open(), dialog.fault().failure, dialog.fault().code, used};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  Proxy proxy;
  proxy.kind = data[0] % 2 == 0 ? Proxy::Kind::http : Proxy::Kind::socks5;
  if (data[0] % 4 >= 2) proxy.user = "user";
  const End whole = talk(proxy, text, text.size());
  require(whole == talk(proxy, text, text.empty() ? 0 : data[0] % text.size()));
  (void)weft::net::parse_proxy(text);
  weft::net::bypasses_proxy(text, "shop.example", 443);
  weft::net::bypasses_proxy(text, "10.1.2.3", 443);
  return 0;
}
