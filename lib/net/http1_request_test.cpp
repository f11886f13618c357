#include "lib/net/http1_request.h"

#include <catch2/catch.hpp>
#include <string>

using weft::net::BodyReader;
using weft::net::HeadScanner;
using weft::net::parse_request;
using weft::net::RequestHead;

namespace {

int fault_of(std::string_view text) {
  RequestHead head;
  return parse_request(text, head).status;
}

// A request with these header lines after a good request line and Host.
std::string with(std::string_view lines) {
  return "POST / HTTP/1.1\r\nHost: a\r\n" + std::string(lines) + "\r\n\r\n";
}

BodyReader chunked_reader(std::uint64_t limit = 1 << 20) {
  RequestHead head;
  head.chunked = true;
  BodyReader reader;
  reader.start(head, limit);
  return reader;
}

BodyReader::State feed_chunks(std::string_view text, std::string* kept = nullptr) {
  BodyReader reader = chunked_reader();
  std::size_t used = 0;
  return reader.feed(text, used, kept);
}

}  // namespace

TEST_CASE("a request is taken apart") {
  RequestHead head;
  const auto fault = parse_request(
      "POST /a?b=c HTTP/1.1\r\nHost: example.com:80\r\nContent-Length: 12\r\n"
      "X-Empty:\r\nX-Blank:\t x y \t\r\nExpect: 100-Continue\r\n\r\n",
      head);
  REQUIRE_FALSE(fault);
  CHECK(head.method == "POST");
  CHECK(head.target == "/a?b=c");
  CHECK(head.minor_version == 1);
  CHECK(head.host == "example.com:80");
  CHECK(head.content_length == 12);
  CHECK(head.has_body());
  CHECK(head.keep_alive);
  CHECK(head.expects_continue);
  REQUIRE(head.field_count == 5);
  CHECK(head.find("x-empty")->value.empty());
  CHECK(head.find("x-blank")->value == "x y");
  CHECK(head.find("x-none") == nullptr);
}

TEST_CASE("the connection is kept as version and Connection say") {
  const auto keeps = [](std::string_view text) {
    RequestHead head;
    REQUIRE_FALSE(parse_request(text, head));
    return head.keep_alive;
  };
  CHECK(keeps("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
  CHECK_FALSE(keeps("GET / HTTP/1.1\r\nHost: a\r\nConnection: x, Close\r\n\r\n"));
  CHECK_FALSE(keeps("GET / HTTP/1.0\r\n\r\n"));
  CHECK(keeps("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n"));
}

TEST_CASE("a head left over from an earlier request does not leak into the next") {
  RequestHead head;
  REQUIRE_FALSE(parse_request(with("Content-Length: 3\r\nConnection: close"), head));
  REQUIRE_FALSE(parse_request("GET /x HTTP/1.0\r\n\r\n", head));
  CHECK(head.content_length == 0);
  CHECK(head.field_count == 0);
  CHECK(head.host.empty());
}

TEST_CASE("requests that could be framed in two ways are refused") {
  CHECK(fault_of(with("Content-Length: 5\r\nTransfer-Encoding: chunked")) == 400);
  CHECK(fault_of(with("Transfer-Encoding: chunked\r\nContent-Length: 5")) == 400);
  CHECK(fault_of(with("Content-Length: 5\r\nContent-Length: 5")) == 400);
  CHECK(fault_of(with("Content-Length: 5, 5")) == 400);
  CHECK(fault_of(with("Content-Length: +5")) == 400);
  CHECK(fault_of(with("Content-Length: -5")) == 400);
  CHECK(fault_of(with("Content-Length: 0x5")) == 400);
  CHECK(fault_of(with("Content-Length:")) == 400);
  CHECK(fault_of(with("Content-Length: 99999999999999999999")) == 400);
  CHECK(fault_of(with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked")) == 400);
  CHECK(fault_of(with("Transfer-Encoding: gzip, chunked")) == 501);
  CHECK(fault_of(with("Transfer-Encoding: xchunked")) == 501);
  CHECK(fault_of(with("Transfer-Encoding : chunked")) == 400);
  CHECK(fault_of(with("Transfer-Encoding\t: chunked")) == 400);
  CHECK(fault_of(with("X: y\r\n Transfer-Encoding: chunked")) == 400);
  CHECK(fault_of("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n") == 400);
  CHECK(fault_of("POST / HTTP/1.1\r\nHost: a\r\nX: a\nContent-Length: 3\r\n\r\n") == 400);
  CHECK(fault_of("POST / HTTP/1.1\r\nHost: a\r\nX: a\rContent-Length: 3\r\n\r\n") == 400);
}

TEST_CASE("malformed requests are refused") {
  CHECK(fault_of("GET /\r\n\r\n") == 400);
  CHECK(fault_of("GET  / HTTP/1.1\r\nHost: a\r\n\r\n") == 400);
  CHECK(fault_of("GET / HTTP/1.1 \r\nHost: a\r\n\r\n") == 400);
  CHECK(fault_of("GET /a b HTTP/1.1\r\nHost: a\r\n\r\n") == 400);
  CHECK(fault_of("GET /\x01 HTTP/1.1\r\nHost: a\r\n\r\n") == 400);
  CHECK(fault_of("GET /\xc3\xa4 HTTP/1.1\r\nHost: a\r\n\r\n") == 400);
  CHECK(fault_of("G(T / HTTP/1.1\r\nHost: a\r\n\r\n") == 400);
  CHECK(fault_of("GET / HTTQ/1.1\r\nHost: a\r\n\r\n") == 400);
  CHECK(fault_of("GET / HTTP/2.0\r\nHost: a\r\n\r\n") == 505);
  CHECK(fault_of("GET / HTTP/1.1\r\n\r\n") == 400);
  CHECK(fault_of("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n") == 400);
  CHECK(fault_of("GET / HTTP/1.1\r\nHost: a b\r\n\r\n") == 400);
  CHECK(fault_of(with("no colon")) == 400);
  CHECK(fault_of(with(": no name")) == 400);
  CHECK(fault_of(with("X y: z")) == 400);
  CHECK(fault_of(with(std::string("X: a\0b", 6))) == 400);
  CHECK(fault_of(with("X: a\x7f")) == 400);
  CHECK(fault_of(with("Expect: tea")) == 417);
  std::string many;
  for (int i = 0; i < 100; ++i) many += "X: y\r\n";
  CHECK(fault_of(with(many + "X: y")) == 431);
}

TEST_CASE("a head is found wherever the bytes are split") {
  const std::string text = "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\nX: y\r\n\r\nGET";
  const std::size_t end = text.size() - 3;
  for (std::size_t first = 0; first <= text.size(); ++first) {
    for (std::size_t second = first; second <= text.size(); ++second) {
      HeadScanner scanner;
      auto state = HeadScanner::State::partial;
      for (const std::size_t size : {first, second, text.size()}) {
        if (state != HeadScanner::State::partial) break;
        state = scanner.scan(std::string_view(text).substr(0, size), 1000);
        REQUIRE((state == HeadScanner::State::complete) == (size >= end));
      }
      CHECK(scanner.skip() == 4);
      CHECK(scanner.size() == end);
    }
  }
}

TEST_CASE("a head that cannot become one is refused before it ends") {
  const auto scan = [](std::string_view text) { return HeadScanner().scan(text, 64); };
  using State = HeadScanner::State;
  CHECK(scan("\x16\x03\x01") == State::malformed);
  CHECK(scan(" GET") == State::malformed);
  CHECK(scan("GET / HTTP/1.1\n") == State::malformed);
  CHECK(scan(std::string(63, 'x')) == State::partial);
  CHECK(scan(std::string(64, 'x')) == State::too_large);
  CHECK(scan(std::string(65, '\n')) == State::too_large);
  CHECK(scan("GET / HTTP/1.1\r\nX: " + std::string(60, 'y') + "\r\n\r\n") == State::too_large);
}

TEST_CASE("a chunked body is read wherever the bytes are split") {
  const std::string text = "3;x=\"y\"\r\nabc\r\n00a\r\n0123456789\r\n0\r\nTrailer: z\r\n\r\nNEXT";
  const std::size_t end = text.size() - 4;
  for (std::size_t split = 0; split <= text.size(); ++split) {
    BodyReader reader = chunked_reader();
    std::string kept;
    std::size_t used = 0;
    auto state = reader.feed(std::string_view(text).substr(0, split), used, &kept);
    std::size_t total = used;
    if (state == BodyReader::State::partial) {
      REQUIRE(used == split);
      state = reader.feed(std::string_view(text).substr(split), used, &kept);
      total += used;
    }
    CHECK(state == BodyReader::State::complete);
    CHECK(total == end);
    CHECK(kept == "abc0123456789");
    CHECK(reader.size() == 13);
  }
}

TEST_CASE("malformed chunks are refused") {
  using State = BodyReader::State;
  std::string kept;
  CHECK(feed_chunks("0\r\n\r\n") == State::complete);
  for (const char* text :
       {"\r\n", "g\r\n", "-1\r\n", "+1\r\n", " 1\r\n", "1 \r\n", "0x1\r\n", "1\n", "1\r\r\n",
        "3\r\nabcd\r\n", "3\r\nabc\n", "1111111111111111\r\n", "1;\x01\r\n", "0\r\nX: a\n\r\n"})
    CHECK(feed_chunks(text) == State::malformed);
  CHECK(feed_chunks(std::string(5000, 'a')) == State::malformed);
}

TEST_CASE("bodies over the limit are refused, by length before any of it came") {
  RequestHead head;
  head.content_length = 101;
  BodyReader reader;
  reader.start(head, 100);
  std::size_t used = 0;
  CHECK(reader.feed("", used, nullptr) == BodyReader::State::too_large);
  BodyReader chunks = chunked_reader(100);
  CHECK(chunks.feed("64\r\n" + std::string(100, 'x') + "\r\n1\r\n", used, nullptr) ==
        BodyReader::State::too_large);
  BodyReader huge = chunked_reader(100);
  CHECK(huge.feed("fffffffffffffff\r\n", used, nullptr) == BodyReader::State::too_large);
  std::string trailers = "0\r\n";
  for (int i = 0; i < 10; ++i) trailers += "X: " + std::string(3000, 'y') + "\r\n";
  BodyReader endless = chunked_reader();
  CHECK(endless.feed(trailers, used, nullptr) == BodyReader::State::too_large);
}
