#include "lib/net/http2.h"

#include <catch2/catch.hpp>

namespace weft::net {
namespace {

using namespace std::string_literals;

// Notes what a session tells, of streams whose tags are the addresses of their notes.
struct Notes final : Http2Handler {
  struct Stream {
    std::int32_t id = 0;
    Http2Fields fields;
    std::string data;
    bool whole = false, over = false;
    Http2Fault fault;
    std::string body;  // to send
    Http2Fields trailers;
    bool waits = false;  // has nothing to send for now
  };
  std::vector<std::unique_ptr<Stream>> streams;
  int settings = 0;
  std::vector<std::uint32_t> goaways;

  Stream& add(std::int32_t id) {
    streams.push_back(std::make_unique<Stream>());
    streams.back()->id = id;
    return *streams.back();
  }
  static Stream& of(Http2Tag tag) { return *static_cast<Stream*>(tag); }

  Http2Tag on_stream(std::int32_t id) override { return &add(id); }
  void on_field(Http2Tag tag, std::string_view name, std::string_view value) override {
    of(tag).fields.emplace_back(name, value);
  }
  void on_data(Http2Tag tag, std::string_view bytes) override { of(tag).data += bytes; }
  void on_whole(Http2Tag tag) override { of(tag).whole = true; }
  void on_over(Http2Tag tag, Http2Fault fault) override {
    of(tag).over = true;
    of(tag).fault = fault;
  }
  void on_settings() override { ++settings; }
  void on_goaway(std::uint32_t code) override { goaways.push_back(code); }
  BodyPart next_body(Http2Tag tag, char* out, std::size_t room) override {
    std::string& body = of(tag).body;
    const std::size_t size = std::min({room, body.size(), std::size_t{1000}});
    std::copy_n(body.data(), size, out);
    body.erase(0, size);
    const bool waits = of(tag).waits && body.empty();
    const Http2Fields* trailers = of(tag).trailers.empty() ? nullptr : &of(tag).trailers;
    return {.size = size,
            .end = body.empty() && !waits,
            .later = waits && size == 0,
            .trailers = trailers};
  }
};

const Http2Fields kGet{{":method", "GET"},
                       {":scheme", "http"},
                       {":authority", "shop"},
                       {":path", "/"},
                       {"accept", "*/*"}};

// A client and a server, in memory.
struct Pair {
  Notes client_notes, server_notes;
  Http2Session client{client_notes, {}};
  Http2Session server{server_notes, {.is_server = true}};

  void talk() {
    for (int i = 0; i < 100; ++i) {
      std::string to_server, to_client;
      client.take_output(to_server, 1 << 20);
      server.receive(to_server);
      server.take_output(to_client, 1 << 20);
      client.receive(to_client);
      if (to_server.empty() && to_client.empty()) return;
    }
  }
  Notes::Stream& ask(std::string body = "") {
    Notes::Stream& stream = client_notes.add(0);
    stream.body = std::move(body);
    stream.id = client.request(kGet, !stream.body.empty(), &stream);
    talk();
    return stream;
  }
};

std::string frame(int type, int flags, std::uint32_t stream, std::string_view payload) {
  const auto size = static_cast<std::uint32_t>(payload.size());
  std::string out{static_cast<char>(size >> 16),   static_cast<char>(size >> 8),
                  static_cast<char>(size),         static_cast<char>(type),
                  static_cast<char>(flags),        static_cast<char>(stream >> 24),
                  static_cast<char>(stream >> 16), static_cast<char>(stream >> 8),
                  static_cast<char>(stream)};
  return out.append(payload);
}

constexpr int kData = 0, kHeaders = 1, kReset = 3, kSettings = 4, kPing = 6, kGoaway = 7;
const std::string kOk = "\x88";  // ":status: 200", from the static table

// A client that has asked once and is answered by these bytes.
struct Asked {
  Notes notes;
  Http2Session client{notes, {}};
  Notes::Stream& stream = notes.add(0);
  bool good = false;
  std::string out;

  explicit Asked(std::string_view answer, std::size_t step = 1 << 20) {
    client.take_output(out, 1 << 20);
    client.receive(frame(kSettings, 0, 0, ""));
    client.request(kGet, false, &stream);
    client.take_output(out, 1 << 20);
    good = true;
    for (; good && !answer.empty(); answer.remove_prefix(std::min(step, answer.size())))
      good = client.receive(answer.substr(0, step));
    client.take_output(out, 1 << 20);
  }
};

TEST_CASE("a request arrives with its fields and body, and so does the answer") {
  Pair pair;
  auto& asked = pair.ask(std::string(100'000, 'x'));
  REQUIRE(pair.server_notes.streams.size() == 1);
  auto& seen = *pair.server_notes.streams[0];
  CHECK(seen.fields == kGet);
  CHECK(seen.data == std::string(100'000, 'x'));
  CHECK(seen.whole);
  seen.body = std::string(70'000, 'y');
  pair.server.answer(seen.id, {{":status", "200"}}, true);
  pair.talk();
  CHECK(asked.fields == Http2Fields{{":status", "200"}});
  CHECK(asked.data == std::string(70'000, 'y'));
  CHECK(asked.whole);
  CHECK(asked.over);
  CHECK_FALSE(asked.fault);
  CHECK(seen.over);
  CHECK(pair.client_notes.settings == 1);
  CHECK(pair.client.peer_max_streams() == 1000);
}

TEST_CASE("trailers follow the body of an answer") {
  Pair pair;
  auto& asked = pair.ask();
  auto& seen = *pair.server_notes.streams[0];
  seen.body = "hello";
  seen.trailers = {{"grpc-status", "0"}, {"grpc-message", "fine"}};
  pair.server.answer(seen.id, {{":status", "200"}}, true);
  pair.talk();
  CHECK(asked.data == "hello");
  CHECK(asked.fields ==
        Http2Fields{{":status", "200"}, {"grpc-status", "0"}, {"grpc-message", "fine"}});
  CHECK(asked.whole);
  CHECK(asked.over);
  CHECK(seen.over);
}

TEST_CASE("bodies go out piece by piece, as they come into being") {
  Pair pair;
  auto& asked = pair.ask();
  auto& seen = *pair.server_notes.streams[0];
  seen.body = "one ";
  seen.waits = true;
  pair.server.answer(seen.id, {{":status", "200"}}, true);
  pair.talk();
  CHECK(asked.data == "one ");
  CHECK_FALSE(asked.whole);
  seen.body = "two";
  pair.server.resume(seen.id);
  pair.talk();
  CHECK(asked.data == "one two");
  seen.waits = false;
  pair.server.resume(seen.id);
  pair.talk();
  CHECK(asked.whole);
}

TEST_CASE("an answer with trailers that comes before the end of the request ends the stream") {
  Pair pair;
  Notes::Stream& asked = pair.client_notes.add(0);
  asked.body = "first part";
  asked.waits = true;
  asked.id = pair.client.request(kGet, true, &asked);
  pair.talk();
  auto& seen = *pair.server_notes.streams[0];
  CHECK_FALSE(seen.whole);
  seen.trailers = {{"grpc-status", "12"}};
  pair.server.answer(seen.id, {{":status", "200"}}, true);
  pair.talk();
  CHECK(asked.whole);
  CHECK(asked.over);
  CHECK(seen.over);
  CHECK_FALSE(seen.fault);
}

TEST_CASE("a reset is told with its code, to the other side only") {
  Pair pair;
  auto& asked = pair.ask();
  pair.server.reset(pair.server_notes.streams[0]->id, kHttp2RefusedStream);
  pair.talk();
  CHECK(asked.over);
  CHECK(asked.fault.failure == Http2Failure::reset);
  CHECK(http2_fault_text(asked.fault) == "the target reset the stream (REFUSED_STREAM)");
  CHECK_FALSE(pair.server_notes.streams[0]->over);
}

TEST_CASE("a peer that goes away answers what it has begun; the rest is refused") {
  Asked asked(frame(kGoaway, 0, 0, "\0\0\0\0\0\0\0\0"s));
  CHECK(asked.notes.goaways == std::vector<std::uint32_t>{0});
  CHECK_FALSE(asked.client.may_request());
  CHECK(asked.stream.fault.code == kHttp2RefusedStream);

  Asked begun(frame(kGoaway, 0, 0, "\0\0\0\1\0\0\0\0"s) + frame(kHeaders, 5, 1, kOk));
  CHECK(begun.stream.whole);
  CHECK_FALSE(begun.stream.fault);
}

TEST_CASE("answers may be cut anywhere") {
  const std::string answer =
      frame(kHeaders, 4, 1, kOk) + frame(kPing, 0, 0, "12345678") + frame(kData, 1, 1, "hello");
  for (std::size_t step = 1; step <= answer.size(); ++step) {
    const Asked asked(answer, step);
    CHECK(asked.good);
    CHECK(asked.stream.data == "hello");
    CHECK(asked.stream.over);
    CHECK_FALSE(asked.stream.fault);
  }
}

TEST_CASE("a header block that unpacks into too much ends its stream") {
  // A field of 4000 bytes goes into the table, and is then named by one byte again and again.
  std::string block = kOk + "\x40\x01" + "a" + "\x7f\xa1\x1e" + std::string(4000, 'v');
  block += std::string(1000, '\xbe');
  const Asked asked(frame(kHeaders, 5, 1, block));
  CHECK(asked.stream.over);
  CHECK(asked.stream.fault.failure == Http2Failure::header_too_long);
  CHECK(asked.stream.fields.size() < 20);
}

TEST_CASE("what breaks the rules of HTTP/2 is named") {
  const auto fault = [](std::string_view answer) {
    const Asked asked(answer);
    CHECK_FALSE(asked.stream.whole);
    return http2_fault_text(asked.client.fault());
  };
  CHECK(fault(frame(kData, 0, 0, "x")) == "the target broke the rules of HTTP/2 (PROTOCOL_ERROR)");
  CHECK(fault(frame(kHeaders, 4, 2, kOk)) ==
        "the target broke the rules of HTTP/2 (PROTOCOL_ERROR)");
  CHECK(fault(frame(kHeaders, 4, 1, "\xff\xff\xff\xff\xff\xff\xff")) ==
        "the target broke the rules of HTTP/2 (COMPRESSION_ERROR)");
  CHECK(fault("\x7f\xff\xff\x00\x00\x00\x00\x00\x01"s) ==
        "the target broke the rules of HTTP/2 (FRAME_SIZE_ERROR)");
  const Asked no_status(frame(kHeaders, 5, 1, "\x82"));  // ":method: GET"
  CHECK(no_status.stream.fault.failure == Http2Failure::violation);
}

TEST_CASE("a peer that speaks HTTP/1 is recognised") {
  Notes notes;
  Http2Session client(notes, {});
  CHECK_FALSE(client.receive("HTTP/1.1 400 Bad Request\r\n\r\n"));
  CHECK(client.fault().failure == Http2Failure::not_http2);
}

TEST_CASE("a flood of pings is not answered without end") {
  Notes notes;
  Http2Session client(notes, {});
  client.receive(frame(kSettings, 0, 0, ""));
  std::string pings;
  for (int i = 0; i < 10'000; ++i) pings += frame(kPing, 0, 0, "12345678");
  client.receive(pings);
  CHECK(client.fault().failure == Http2Failure::flooded);
}

TEST_CASE("a stream that we reset is not told of any more") {
  Asked asked("");
  asked.client.reset(1, kHttp2Cancel);
  asked.client.take_output(asked.out, 1 << 20);
  asked.client.receive(frame(kHeaders, 4, 1, kOk) + frame(kReset, 0, 1, "\0\0\0\2"s));
  CHECK_FALSE(asked.stream.over);
  CHECK(asked.stream.fields.empty());
}

}  // namespace
}  // namespace weft::net
