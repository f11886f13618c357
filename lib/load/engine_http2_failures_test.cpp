#include "lib/load/engine.h"

#include <optional>

#include "lib/load/engine_test.h"

using namespace weft;
using namespace weft::load::testing;
using load::ErrorClass;

namespace {

constexpr char kHeaders = 1;
constexpr std::string_view kSettings("\x00\x00\x00\x04\x00\x00\x00\x00\x00", 9);
constexpr std::string_view kGoaway("\x00\x00\x08\x07\x00\x00\x00\x00\x00\0\0\0\0\0\0\0\0", 17);

// 20 requests over HTTP/2 against a server that sends these bytes on every connection.
load::Outcome run_http2_against(std::string bytes, bool closes = false) {
  const TcpServer server([bytes, closes](Peer& peer) {
    if (!peer.read_request()) return;  // the preface
    peer.send(bytes);
    closes ? peer.close() : peer.wait_until_closed();
  });
  load::Plan plan = plan_for(server);
  plan.protocol = load::Protocol::http2;
  plan.connections = 2;
  plan.streams = 5;
  plan.requests = 20;
  load::Outcome outcome = run(plan);
  CHECK(outcome.sent == 20);
  CHECK(outcome.completed == 0);
  check_that_counts_add_up(outcome);
  return outcome;
}

// The next frame of the client, whose type is told; absent at the end of the stream.
std::optional<char> read_frame(Peer& peer) {
  if (!peer.read(9)) return {};
  const std::string head = peer.request();
  const auto byte = [&head](std::size_t i) { return static_cast<unsigned char>(head[i]); };
  const std::size_t size = byte(0) << 16 | byte(1) << 8 | byte(2);
  if (size > 0 && !peer.read(size)) return {};
  return head[3];
}

// Two requests, each on stream 1 of its connection, that are answered by these bytes.
load::Outcome run_streams_against(std::string bytes) {
  const TcpServer server([bytes](Peer& peer) {
    if (!peer.read_request() || !peer.read(6)) return;  // the preface
    peer.send(kSettings);
    for (auto type = read_frame(peer); type; type = read_frame(peer))
      if (*type == kHeaders) peer.send(bytes);
  });
  load::Plan plan = plan_for(server);
  plan.protocol = load::Protocol::http2;
  plan.connections = 2;
  plan.streams = 1;
  plan.requests = 2;
  load::Outcome outcome = run(plan);
  CHECK(outcome.completed == 0);
  check_that_counts_add_up(outcome);
  return outcome;
}

}  // namespace

TEST_CASE("a server of HTTP/1 asked for HTTP/2 is named, with what to do") {
  const auto outcome = run_http2_against("HTTP/1.1 400 Bad Request\r\n\r\n");
  CHECK(errors(outcome, ErrorClass::protocol) == 20);
  CHECK(outcome.first_error == "the target speaks HTTP/1, not HTTP/2");
  CHECK(outcome.first_remedy == "ask for it with --http 1.1");
}

TEST_CASE("a storm of GOAWAY ends in errors, neither in a hang nor in a storm of ours") {
  const auto outcome = run_http2_against(std::string(kSettings) + std::string(kGoaway));
  CHECK(lost(outcome) == 20);
  CHECK(outcome.goaways > 0);
  CHECK(outcome.goaways < 1000);
}

TEST_CASE("a header block that unpacks into too much ends its request, not the program") {
  // A field of 4000 bytes goes into the table, and is then named by one byte again and again.
  const std::string block = std::string(
                                "\x88\x40\x01"
                                "a"
                                "\x7f\xa1\x1e") +
                            std::string(4000, 'v') + std::string(8000, '\xbe');
  const std::string head{0,
                         static_cast<char>(block.size() >> 8),
                         static_cast<char>(block.size() & 0xff),
                         kHeaders,
                         4,
                         0,
                         0,
                         0,
                         1};
  const auto outcome = run_streams_against(head + block);
  CHECK(errors(outcome, ErrorClass::protocol) == 2);
  CHECK(outcome.first_error.find("64 KiB") != std::string::npos);
}

TEST_CASE("a stream that is reset within its body is counted") {
  const std::string answer(
      "\0\0\1\1\4\0\0\0\1\x88"  // 200
      "\0\0\3\0\0\0\0\0\1abc"   // a part of the body
      "\0\0\4\3\0\0\0\0\1\0\0\0\2",
      35);  // INTERNAL_ERROR
  const auto outcome = run_streams_against(answer);
  CHECK(errors(outcome, ErrorClass::stream_reset) == 2);
  CHECK(outcome.first_error.find("INTERNAL_ERROR") != std::string::npos);
}

TEST_CASE("frames that HTTP/2 does not allow, and an end without an answer, are counted") {
  const std::string broken("\x00\x00\x01\x00\x00\x00\x00\x00\x00x", 10);  // data on stream 0
  const auto outcome = run_http2_against(std::string(kSettings) + broken);
  CHECK(errors(outcome, ErrorClass::protocol) > 0);
  CHECK(lost(outcome) == 20);
  CHECK(lost(run_http2_against(std::string(kSettings), true)) == 20);
  CHECK(lost(run_http2_against("", true)) == 20);
}

TEST_CASE("a server that accepts HTTP/2 and stays silent never answered") {
  const TcpServer server([](Peer& peer) {
    peer.send(kSettings);
    peer.wait_until_closed();
  });
  load::Plan plan = plan_for(server);
  plan.protocol = load::Protocol::http2;
  plan.streams = 5;
  plan.requests = 20;
  plan.timeout = 200ms;
  const base::StopFlag stop;
  const auto outcome = load::run(plan, nullptr, stop);
  REQUIRE_FALSE(outcome.ok());
  CHECK(outcome.error().code == base::ExitCode::timeout);
}
