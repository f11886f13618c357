#include "lib/net/http1_response.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

using namespace weft;
using net::Http1Failure;
using net::Http1Response;
using namespace std::string_literals;

namespace {

struct Reading {
  bool done = false;
  Http1Failure failure = Http1Failure::none;
  unsigned status = 0;
  bool keep_alive = false;
  std::uint64_t body = 0;
  std::size_t used = 0;
  friend bool operator==(const Reading&, const Reading&) = default;
};

Reading result(const Http1Response& answer, std::size_t used) {
  if (answer.failed()) return {.failure = answer.failure()};
  return {answer.done(),       Http1Failure::none,  answer.status(),
          answer.keep_alive(), answer.body_bytes(), used};
}

Reading read(const std::vector<std::string_view>& pieces, bool to_head = false,
             net::Http1HeaderCache* cache = nullptr) {
  Http1Response answer;
  answer.start(to_head, cache);
  std::size_t used = 0;
  for (const std::string_view piece : pieces)
    if (!answer.done() && !answer.failed()) used += answer.feed(piece);
  answer.end_of_stream();
  return result(answer, used);
}

struct Row {
  std::string name, bytes;
  bool to_head = false;
  Reading expected;  // `used` follows: all bytes but the surplus
  std::size_t surplus = 0;
};

Reading whole(unsigned status, bool keep_alive, std::uint64_t body) {
  return {true, Http1Failure::none, status, keep_alive, body};
}
Reading fails(Http1Failure failure) { return {.failure = failure}; }

std::vector<Row> rows() {
  const std::string sized = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
  const std::string chunked =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: "
      "chunked\r\n\r\n5\r\nhello\r\nA;x=y\r\n0123456789\r\n0\r\n";
  const std::string long_line = "X: " + std::string(4000, 'v');
  std::vector<Row> all = {
      {"sized", sized, false, whole(200, true, 5)},
      {"bytes after the end", sized + "more", false, whole(200, true, 5), 4},
      {"no reason phrase", "HTTP/1.1 404\r\nContent-Length: 0\r\n\r\n", false, whole(404, true, 0)},
      {"bare line feeds", "HTTP/1.1 200 OK\nContent-Length:2\n\nab", false, whole(200, true, 2)},
      {"odd spelling", "HTTP/1.1 200 OK\r\ncOnTeNt-LeNgTh:\t 2 \r\n\r\nab", false,
       whole(200, true, 2)},
      {"close", "HTTP/1.1 200 OK\r\nConnection: x, Close\r\nContent-Length: 1\r\n\r\na", false,
       whole(200, false, 1)},
      {"1.0 closes", "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\na", false, whole(200, false, 1)},
      {"1.0 kept", "HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 1\r\n\r\na", false,
       whole(200, true, 1)},
      {"until close", "HTTP/1.1 200 OK\r\n\r\nall of it", false, whole(200, false, 9)},
      {"chunked", chunked + "\r\n", false, whole(200, true, 15)},
      {"trailers", chunked + "A: b\r\nC: d\r\n\r\n", false, whole(200, true, 15)},
      {"coding before chunked",
       "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", false,
       whole(200, true, 0)},
      {"coding after chunked",
       "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: gzip\r\n\r\nabc", false,
       whole(200, false, 3)},
      {"to HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n", true, whole(200, true, 0)},
      {"to HEAD, chunked", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", true,
       whole(200, true, 0)},
      {"204", "HTTP/1.1 204 No Content\r\n\r\n", false, whole(204, true, 0)},
      {"304", "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", false, whole(304, true, 0)},
      {"interim answers",
       "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + sized, false,
       whole(200, true, 5)},
      {"same length twice", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\ncontent-length: 1\r\n\r\na",
       false, whole(200, true, 1)},
      {"long header line", "HTTP/1.1 200 OK\r\n" + long_line + "\r\nContent-Length: 1\r\n\r\na",
       false, whole(200, true, 1)},

      {"nothing", "", false, fails(Http1Failure::closed)},
      {"cut in the status", "HTTP/1.1 2", false, fails(Http1Failure::truncated)},
      {"cut in the header", "HTTP/1.1 200 OK\r\nA: b", false, fails(Http1Failure::truncated)},
      {"cut in the body", sized.substr(0, sized.size() - 1), false, fails(Http1Failure::truncated)},
      {"cut before the last chunk", chunked, false, fails(Http1Failure::truncated)},
      {"only interim", "HTTP/1.1 100 Continue\r\n\r\n", false, fails(Http1Failure::truncated)},
      {"TLS alert", "\x15\x03\x01\x00\x02\x02\x46"s, false, fails(Http1Failure::tls)},
      {"HTTP/2 settings", "\x00\x00\x06\x04\x00\x00\x00\x00\x00"s, false,
       fails(Http1Failure::http2)},
      {"SSH", "SSH-2.0-OpenSSH_9.2\r\n", false, fails(Http1Failure::not_http)},
      {"short garbage", "HTP", false, fails(Http1Failure::not_http)},
      {"HTTP/2 in words", "HTTP/2 200\r\n\r\n", false, fails(Http1Failure::not_http)},
      {"two digits", "HTTP/1.1 20 OK\r\n\r\n", false, fails(Http1Failure::not_http)},
      {"four digits", "HTTP/1.1 2000\r\n\r\n", false, fails(Http1Failure::not_http)},
      {"status 600", "HTTP/1.1 600 X\r\n\r\n", false, fails(Http1Failure::not_http)},
      {"upgrade", "HTTP/1.1 101 Switching\r\n\r\n", false, fails(Http1Failure::unexpected_upgrade)},
      {"no colon", "HTTP/1.1 200 OK\r\nhello\r\n\r\n", false, fails(Http1Failure::bad_header)},
      {"empty name", "HTTP/1.1 200 OK\r\n: x\r\n\r\n", false, fails(Http1Failure::bad_header)},
      {"space before colon", "HTTP/1.1 200 OK\r\nContent-Length : 1\r\n\r\na", false,
       fails(Http1Failure::bad_header)},
      {"folded line", "HTTP/1.1 200 OK\r\nA: b\r\n c: d\r\n\r\n", false,
       fails(Http1Failure::bad_header)},
      {"endless name", "HTTP/1.1 200 OK\r\n" + std::string(300, 'n') + ": v\r\n\r\n", false,
       fails(Http1Failure::bad_header)},
      {"endless length",
       "HTTP/1.1 200 OK\r\nContent-Length: " + std::string(300, '0') + "1\r\n\r\na", false,
       fails(Http1Failure::bad_header)},
      {"negative length", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", false,
       fails(Http1Failure::bad_length)},
      {"overflowing length", "HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551616\r\n\r\n",
       false, fails(Http1Failure::bad_length)},
      {"list of lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n\r\na", false,
       fails(Http1Failure::bad_length)},
      {"two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na", false,
       fails(Http1Failure::conflicting_lengths)},
      {"length and chunks",
       "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\na", false,
       fails(Http1Failure::conflicting_lengths)},
      {"chunks and length",
       "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\na", false,
       fails(Http1Failure::conflicting_lengths)},
      {"chunk size in words", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfive\r\n",
       false, fails(Http1Failure::bad_chunk)},
      {"overflowing chunk",
       "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10000000000000000\r\n", false,
       fails(Http1Failure::bad_chunk)},
      {"chunk longer than stated",
       "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n0\r\n\r\n", false,
       fails(Http1Failure::bad_chunk)},
  };
  for (Row& row : all)
    if (row.expected.done) row.expected.used = row.bytes.size() - row.surplus;
  return all;
}

}  // namespace

TEST_CASE("answers are framed as RFC 9112 says, and failures are named") {
  for (const Row& row : rows()) {
    INFO(row.name);
    const Reading reading = read({row.bytes}, row.to_head);
    CHECK(reading.failure == row.expected.failure);
    CHECK(reading == row.expected);
    CHECK_FALSE(net::http1_failure_text(reading.failure).empty());
  }
}

TEST_CASE("an answer cut at any byte reads the same as in one piece") {
  for (const Row& row : rows()) {
    const std::string_view bytes = row.bytes;
    for (std::size_t at = 1; at < bytes.size(); ++at) {
      const Reading reading = read({bytes.substr(0, at), bytes.substr(at)}, row.to_head);
      if (reading == row.expected) continue;
      FAIL_CHECK(row.name << " cut at " << at);
      break;
    }
  }
}

TEST_CASE("an answer that comes byte by byte reads the same as in one piece") {
  for (const Row& row : rows()) {
    std::vector<std::string_view> bytes;
    for (std::size_t at = 0; at < row.bytes.size(); ++at)
      bytes.push_back(std::string_view(row.bytes).substr(at, 1));
    INFO(row.name);
    CHECK(read(bytes, row.to_head) == row.expected);
  }
}

TEST_CASE("a header seen before reads the same from the cache, whatever else was seen") {
  net::Http1HeaderCache cache;
  for (int round = 0; round < 2; ++round) {
    for (const Row& row : rows()) {
      INFO(row.name);
      for (int again = 0; again < 3; ++again)
        CHECK(read({row.bytes}, row.to_head, &cache) == row.expected);
      const std::string_view bytes = row.bytes;
      const std::size_t half = bytes.size() / 2;
      CHECK(read({bytes.substr(0, half), bytes.substr(half)}, row.to_head, &cache) == row.expected);
    }
  }
}

TEST_CASE("an endless header fails at 64 KiB without an end in sight") {
  Http1Response answer;
  answer.start(false);
  answer.feed("HTTP/1.1 200 OK\r\n");
  std::size_t fed = 0;
  while (!answer.failed() && fed < 1'000'000) fed += answer.feed("Name: value\r\n");
  CHECK(answer.failure() == Http1Failure::header_too_long);
  CHECK(fed < 66'000);

  answer.start(false);
  answer.feed("HTTP/1.1 200 OK\r\nA: ");
  for (fed = 0; !answer.failed() && fed < 1'000'000; ++fed) answer.feed("a");
  CHECK(answer.failure() == Http1Failure::header_too_long);

  answer.start(false);
  for (fed = 0; !answer.failed() && fed < 1'000'000;)
    fed += answer.feed("HTTP/1.1 100 Continue\r\n\r\n");
  CHECK(answer.failure() == Http1Failure::header_too_long);
}

TEST_CASE("a reader is as good as new for the next answer") {
  Http1Response answer;
  answer.start(true);
  answer.feed("HTTP/1.0 204 No\r\nConnection: close\r\n\r\n");
  answer.start(false);
  CHECK_FALSE(answer.started());
  answer.feed("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab");
  CHECK(answer.done());
  CHECK(answer.keep_alive());
  CHECK(answer.body_bytes() == 2);
}
