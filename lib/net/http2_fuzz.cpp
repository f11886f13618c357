// The first byte chooses the side and how the rest is cut; a peer may send what it likes, and the
// session must neither grow nor tell of a stream after its end.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <set>

#include "lib/net/http2.h"

namespace {

using namespace weft::net;

struct Watching final : Http2Handler {
  std::set<Http2Tag> streams;
  std::uintptr_t last = 0;
  std::size_t told = 0;

  Http2Tag add() {
    const auto tag = reinterpret_cast<Http2Tag>(++last);
    streams.insert(tag);
    return tag;
  }
  void require(Http2Tag tag) const {
    if (!streams.contains(tag)) std::abort();
  }
  Http2Tag on_stream(std::int32_t) override { return add(); }
  void on_field(Http2Tag tag, std::string_view name, std::string_view value) override {
    require(tag);
    told += name.size() + value.size();
  }
  void on_data(Http2Tag tag, std::string_view) override { require(tag); }
  void on_whole(Http2Tag tag) override { require(tag); }
  void on_over(Http2Tag tag, Http2Fault) override {
    require(tag);
    streams.erase(tag);
  }
  BodyPart next_body(Http2Tag tag, char*, std::size_t) override {
    require(tag);
    return {.end = true};
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const bool is_server = (data[0] & 1) != 0;
  const std::size_t step = std::max<std::size_t>(data[0] >> 1, 1);

  Watching watching;
  Http2Session session(watching, {.is_server = is_server});
  const Http2Fields get{
      {":method", "GET"}, {":scheme", "http"}, {":authority", "a"}, {":path", "/"}};
  if (!is_server)
    for (int i = 0; i < 3; ++i) session.request(get, i == 2, watching.add());
  bool good = true;
  while (good && !bytes.empty()) {
    std::string out;
    session.take_output(out, 1 << 20);
    good = session.receive(bytes.substr(0, step));
    bytes.remove_prefix(std::min(step, bytes.size()));
  }
  std::string out;
  session.take_output(out, 1 << 20);
  if (good && watching.streams.size() > 1003) std::abort();
  return 0;
}
