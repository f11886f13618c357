// gRPC with peers that do not keep to it: what they do is counted under its name.
#include <functional>

#include "lib/grpc/frame.h"
#include "lib/load/engine_test.h"
#include "lib/net/http2.h"

namespace weft::load {
namespace {

using namespace testing;
using namespace std::string_literals;

struct Answer {
  net::Http2Fields head{{":status", "200"}, {"content-type", "application/grpc"}};
  std::string body = grpc::frame("hello");
  net::Http2Fields trailers{{"grpc-status", "0"}};
  std::optional<std::uint32_t> reset;  // after the body, instead of the end
};

// Answers each request on a connection alike, as soon as its head is there.
class Server final : public net::Http2Handler {
 public:
  Server(Peer& peer, const Answer& answer) : answer_(answer) {
    net::Http2Session session(*this, {.is_server = true});
    session_ = &session;
    for (std::string bytes = peer.read_some(); !bytes.empty(); bytes = peer.read_some()) {
      if (!session.receive(bytes)) return;
      if (!flush(peer)) return;
      for (const std::int32_t stream : to_reset_) session.reset(stream, *answer_.reset);
      to_reset_.clear();
      if (!flush(peer)) return;
    }
  }

 private:
  struct Stream {
    std::int32_t id;
    std::size_t sent = 0;
  };

  bool flush(Peer& peer) {
    std::string out;
    return session_->take_output(out, 1 << 30) && peer.send(out);
  }

  net::Http2Tag on_stream(std::int32_t id) override {
    streams_.push_back(std::make_unique<Stream>(Stream{id}));
    return streams_.back().get();
  }
  void on_head(net::Http2Tag tag) override {
    const bool with_body = !answer_.body.empty() || answer_.reset || !answer_.trailers.empty();
    session_->answer(static_cast<Stream*>(tag)->id, answer_.head, with_body);
  }
  void on_field(net::Http2Tag, std::string_view, std::string_view) override {}
  void on_data(net::Http2Tag, std::string_view) override {}
  void on_whole(net::Http2Tag) override {}
  void on_over(net::Http2Tag, net::Http2Fault) override {}
  BodyPart next_body(net::Http2Tag tag, char* out, std::size_t room) override {
    Stream& stream = *static_cast<Stream*>(tag);
    const std::size_t size = std::min(room, answer_.body.size() - stream.sent);
    std::copy_n(answer_.body.data() + stream.sent, size, out);
    stream.sent += size;
    const bool all = stream.sent == answer_.body.size();
    if (all && answer_.reset) to_reset_.push_back(stream.id);
    return {.size = size,
            .end = all && !answer_.reset,
            .later = size == 0 && answer_.reset.has_value(),
            .trailers = answer_.trailers.empty() ? nullptr : &answer_.trailers};
  }

  const Answer& answer_;
  net::Http2Session* session_ = nullptr;
  std::vector<std::unique_ptr<Stream>> streams_;
  std::vector<std::int32_t> to_reset_;
};

Outcome ask(const Answer& answer, const GrpcMethod& method = {}) {
  const TcpServer server([&](Peer& peer) { Server(peer, answer); });
  Plan plan = plan_for(server);
  plan.protocol = Protocol::http2;
  plan.grpc = method;
  plan.target.method = "POST";
  plan.target.headers = {{"te", "trailers"}, {"content-type", "application/grpc"}};
  plan.target.body = grpc::frame("question");
  plan.connections = 2;
  plan.streams = 3;
  plan.requests = 20;
  plan.timeout = 5s;
  Outcome outcome = testing::run(plan);
  CHECK(outcome.sent == 20);
  check_that_counts_add_up(outcome);
  return outcome;
}

std::string broken(const Answer& answer, ErrorClass error = ErrorClass::grpc) {
  const Outcome outcome = ask(answer);
  CHECK(errors(outcome, error) == 20);
  CHECK(outcome.completed == 0);
  return outcome.first_error;
}

TEST_CASE("a well-formed answer is a completed call") {
  const Outcome outcome = ask({});
  CHECK(outcome.statuses[0] == 20);
  CHECK(outcome.messages_received == 20);
}

TEST_CASE("an answer may be its trailers alone") {
  Answer answer;
  answer.head.insert(answer.head.end(), {{"grpc-status", "14"}, {"grpc-message", "no%20route"}});
  answer.body.clear();
  answer.trailers.clear();
  const Outcome outcome = ask(answer);
  CHECK(outcome.statuses[14] == 20);
  CHECK(errors(outcome, ErrorClass::status) == 20);
  CHECK(outcome.first_error == "UNAVAILABLE: no route");
}

TEST_CASE("what is wrong with an answer over gRPC is named") {
  Answer answer;
  answer.trailers = {{"x-other", "1"}};
  CHECK(broken(answer) == "the answer has no grpc-status");
  answer.trailers.clear();
  CHECK(broken(answer) == "the answer has no grpc-status");
  answer = {};
  answer.head = {{":status", "502"}, {"content-type", "text/html"}};
  answer.body = "<html>bad gateway</html>";
  answer.trailers.clear();
  CHECK(broken(answer) == "the answer is not gRPC: its content-type is another");
  answer = {};
  answer.body.clear();
  CHECK(broken(answer) == "the answer has the status OK, but no message");
  answer.body = grpc::frame("one") + grpc::frame("two");
  CHECK(broken(answer) == "the answer has more than the one message of the method");
  answer.body = "\0\xff\xff\xff\xff"s + "x";
  CHECK(broken(answer) == "a gRPC message is longer than 4 MiB");
  answer.body = "\1\0\0\0\1x"s;
  CHECK(broken(answer) == "a gRPC message is compressed, though that was not asked for");
  answer.body = "hello, this is no frame";
  CHECK(broken(answer) == "the bytes are not gRPC messages");
}

TEST_CASE("a message that is cut off is told from one that is reset") {
  Answer answer;
  answer.body = grpc::frame("hello").substr(0, 7);
  CHECK(broken(answer, ErrorClass::short_body) == "the answer ended in the middle of a message");
  answer.reset = 11;
  CHECK(broken(answer, ErrorClass::stream_reset) ==
        "the target reset the stream (ENHANCE_YOUR_CALM)");
}

TEST_CASE("a stream of messages may end before all that could have been sent was") {
  Answer answer;
  answer.body = grpc::frame("one") + grpc::frame("two") + grpc::frame("three");
  const Outcome all = ask(answer, {false, true, 0});
  CHECK(all.statuses[0] == 20);
  CHECK(all.messages_received == 60);
  CHECK(all.message_latency.count() == 60);
  const Outcome some = ask(answer, {false, true, 2});
  CHECK(some.statuses[0] == 20);
  CHECK(some.messages_received == 40);
  const Outcome early = ask({}, {true, true, 1000});  // one answer, then the end
  CHECK(early.statuses[0] == 20);
  CHECK(early.messages_received == 20);
}

}  // namespace
}  // namespace weft::load
