#include "lib/serve/call.h"

#include <catch2/catch.hpp>
#include <string>

#include "lib/base/format.h"
#include "lib/doc/read.h"
#include "lib/serve/call_client.h"
#include "lib/serve/service.h"
#include "lib/serve/test_client.h"

using Catch::Contains;
using weft::doc::Value;
using weft::serve::connect_to;
using weft::serve::exchange;
using weft::serve::Service;
using weft::serve::ServiceOptions;

namespace {

std::unique_ptr<Service> start() {
  ServiceOptions options;
  options.host = "127.0.0.1";
  auto service = Service::start(options);
  REQUIRE(service.ok());
  return std::move(service).value();
}

std::string post(const Service& service, std::string_view json, std::string_view fields = "") {
  return exchange(service.port(),
                  fmt::format("POST /call HTTP/1.1\r\nHost: a\r\n{}Content-Length: {}\r\n\r\n{}",
                              fields, json.size(), json));
}

Value body_of(std::string_view answer) {
  INFO(answer);
  REQUIRE(answer.starts_with("HTTP/1.1 200 OK\r\n"));
  auto document = weft::doc::read_json(
      weft::doc::Source{"answer", std::string(answer.substr(answer.find("\r\n\r\n") + 4))});
  REQUIRE(document.ok());
  return document->root;
}

Value call(const Service& service, std::string_view json, std::string_view fields = "") {
  return body_of(post(service, json, fields));
}

std::string text(const Value& value, std::string_view key) {
  const Value* found = value.find(key);
  return found != nullptr && found->is_string() ? found->string().str() : "";
}

std::string url_of(const Service& service, std::string_view target) {
  return fmt::format("http://127.0.0.1:{}{}", service.port(), target);
}

}  // namespace

TEST_CASE("a call tells how it went") {
  const auto service = start();
  const Value result =
      call(*service,
           fmt::format(
               R"({{"url":"{}","method":"PUT","body":"abc","headers":{{"X-A":"b"}},"nonce":"n7"}})",
               url_of(*service, "/echo?status=201")));
  CHECK(text(result, "outcome") == "answered");
  CHECK(result.find("status")->integer() == 201);
  CHECK(text(result, "peer") == fmt::format("127.0.0.1:{}", service->port()));
  CHECK_THAT(text(result, "body"), Contains(R"("method":"PUT")") && Contains(R"("x-a":["b"])") &&
                                       Contains(R"("body_length":3)") &&
                                       Contains(R"("nonce":"n7")"));
  CHECK(result.find("headers")->find("content-type")->items()[0].string() == "application/json");
  const Value& times = *result.find("timings_us");
  CHECK(times.find("dns")->integer() <= times.find("connect")->integer());
  CHECK(times.find("connect")->integer() <= times.find("ttfb")->integer());
  CHECK(times.find("ttfb")->integer() <= times.find("total")->integer());
}

TEST_CASE("a call may be asked for by query, to a name, and several times") {
  const auto service = start();
  const auto target =
      fmt::format("/call?url=http%3A%2F%2Flocalhost:{}/echo&count=3", service->port());
  const Value result =
      body_of(exchange(service->port(), fmt::format("GET {} HTTP/1.1\r\nHost: a\r\n\r\n", target)));
  CHECK(result.find("count")->integer() == 3);
  REQUIRE(result.find("calls")->size() == 3);
  CHECK_THAT(text(result.find("calls")->items()[2], "body"), Contains("\"seq\":3"));
}

TEST_CASE("calls chain through services, and each link is shown") {
  const auto a = start();
  const auto b = start();
  const auto c = start();
  const Value result =
      call(*a,
           fmt::format(R"({{"url":"{}","next":{{"url":"{}","next":{{"url":"{}"}}}}}})",
                       url_of(*b, "/call"), url_of(*c, "/call"), url_of(*a, "/echo")),
           "traceparent: 00-1-2-01\r\nX-B3-TraceId: 9\r\nx-weft-nonce: n\r\nCookie: secret\r\n");
  CHECK(text(result, "outcome") == "answered");
  REQUIRE(result.find("chain")->size() == 2);
  const Value& last = result.find("chain")->items()[1];
  CHECK(text(last, "peer") == fmt::format("127.0.0.1:{}", a->port()));
  CHECK_THAT(text(last, "body"), Contains(R"("traceparent":["00-1-2-01"])") &&
                                     Contains(R"("x-b3-traceid":["9"])") &&
                                     Contains(R"("nonce":"n")") && !Contains("secret"));
}

TEST_CASE("a call that fails tells its class, and is still status 200") {
  const auto service = start();
  const auto outcome = [&](std::string_view target, std::string_view more = "") {
    return text(call(*service, fmt::format(R"({{"url":"{}"{}}})", url_of(*service, target), more)),
                "outcome");
  };
  CHECK(outcome("/?abort=reset") == "reset");
  CHECK(outcome("/?abort=eof") == "closed");
  CHECK(outcome("/?abort=half-close&size=1000") == "short_body");
  CHECK(outcome("/?hang", R"(,"timeout":"20ms")") == "timeout");
  std::uint16_t free_port = 0;
  { free_port = start()->port(); }
  const Value refused =
      call(*service, fmt::format(R"({{"url":"http://127.0.0.1:{}/"}})", free_port));
  CHECK(text(refused, "outcome") == "refused");
  CHECK(refused.find("status") == nullptr);
  const Value unknown = call(*service, R"({"url":"http://no-such-name.invalid/","timeout":"5s"})");
  CHECK((text(unknown, "outcome") == "dns" || text(unknown, "outcome") == "timeout"));
}

TEST_CASE("a long answer is cut, and says so") {
  const auto service = start();
  const Value result =
      call(*service, fmt::format(R"({{"url":"{}"}})", url_of(*service, "/?size=100000")));
  CHECK(text(result, "body").size() == 64 * 1024);
  CHECK(result.find("body_cut")->boolean());
}

TEST_CASE("a call that cannot be made is refused by the parameter at fault") {
  const auto service = start();
  const auto parameter = [&](std::string_view json) {
    const std::string answer = post(*service, json);
    INFO(answer);
    CHECK_THAT(answer, Catch::StartsWith("HTTP/1.1 400 "));
    const auto at = answer.find("\"parameter\":\"");
    return at == std::string::npos ? ""
                                   : answer.substr(at + 13, answer.find('"', at + 13) - at - 13);
  };
  CHECK(parameter("{") == "body");
  CHECK(parameter("[]").empty());
  CHECK(parameter("{}") == "url");
  CHECK(parameter(R"({"url":"https://a/"})") == "url");
  CHECK(parameter(R"({"url":"http://u:p@a/"})") == "url");
  CHECK(parameter(R"({"url":"http://a/","metod":"GET"})") == "metod");
  CHECK(parameter(R"({"url":"http://a/","method":"G T"})") == "method");
  CHECK(parameter(R"({"url":"http://a/","headers":{"X":"a\r\nY: b"}})") == "headers");
  CHECK(parameter(R"({"url":"http://a/","headers":{"Content-Length":"9"}})") == "headers");
  CHECK(parameter(R"({"url":"http://a/","count":101})") == "count");
  CHECK(parameter(R"({"url":"http://a/","timeout":"0s"})") == "timeout");
  CHECK(parameter(R"({"url":"http://a/","next":{"url":"x y"}})") == "next.url");
  CHECK(parameter(R"({"url":"http://a/","body":"x","next":{"url":"http://b/"}})") == "body");
  std::string deep = R"({"url":"http://a/"})";
  for (int i = 1; i < 16; ++i) deep = R"({"url":"http://127.0.0.1:1/","next":)" + deep + "}";
  CHECK_THAT(post(*service, deep), Catch::StartsWith("HTTP/1.1 200 "));
  CHECK_THAT(parameter(R"({"url":"http://a/","next":)" + deep + "}"), Catch::EndsWith("next"));
  CHECK_THAT(exchange(service->port(), "GET /call HTTP/1.1\r\nHost: a\r\n\r\n"),
             Catch::StartsWith("HTTP/1.1 400 ") && Contains("\"parameter\":\"url\""));
}

TEST_CASE("an answer that ends anywhere is shown as far as it came") {
  const std::string raw =
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX: y\r\n\r\n"
      "3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n";
  for (std::size_t size = 0; size <= raw.size(); ++size) {
    weft::serve::CallResult result;
    weft::serve::read_answer(std::string_view(raw).substr(0, size), result);
    CHECK(std::string_view("abcdef").starts_with(result.body));
    if (size == raw.size()) CHECK((result.status == 200 && result.body == "abcdef"));
  }
}
