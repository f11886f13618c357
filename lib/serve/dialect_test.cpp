// The answers of the applications that are stood in for, byte by byte.
#include "lib/serve/dialect.h"

#include <catch2/catch.hpp>
#include <string>

#include "lib/pki/issue.h"
#include "lib/serve/service.h"
#include "lib/serve/test_client.h"

using Catch::Contains;
using weft::serve::connect_to;
using weft::serve::Dialect;
using weft::serve::exchange;
using weft::serve::Protocol;
using weft::serve::receive_all;
using weft::serve::send_text;
using weft::serve::Service;
using weft::serve::ServiceOptions;

namespace {

std::unique_ptr<Service> start(Dialect dialect, ServiceOptions options = {}) {
  options.host = "127.0.0.1";
  options.dialect = dialect;
  options.identity = {.service = "app-a",
                      .pod = "pod-1",
                      .pod_namespace = "ns",
                      .version = "v1",
                      .ingress = "ing",
                      .cluster = "c1",
                      .hostname = "host-1"};
  auto service = Service::start(std::move(options));
  REQUIRE(service.ok());
  return std::move(service).value();
}

std::string ask(const Service& service, std::string_view request, std::string_view fields = "",
                std::string_view body = "") {
  return exchange(service.port(), std::string(request) + " HTTP/1.1\r\nHost: a.example:80\r\n" +
                                      std::string(fields) + "\r\n" + std::string(body));
}

std::string call(const Service& service, std::string_view body) {
  return ask(service, "POST /call", "Content-Length: " + std::to_string(body.size()) + "\r\n",
             body);
}

std::string body(std::string_view answer) {
  const auto end = answer.find("\r\n\r\n");
  return end == answer.npos ? "(no answer)" : std::string(answer.substr(end + 4));
}

std::string status(std::string_view answer) { return std::string(answer.substr(0, 12)); }

std::string url(const Service& service, std::string_view path) {
  return "http://127.0.0.1:" + std::to_string(service.port()) + std::string(path);
}

}  // namespace

TEST_CASE("learn-layer5 echoes the request in wire form") {
  const auto service = start(Dialect::learn_layer5);
  CHECK(body(ask(*service, "GET /echo", "zeta: 1\r\naccept: */*\r\n")) ==
        "GET /echo HTTP/1.1\r\nHost: a.example:80\r\nUser-Agent: Go-http-client/1.1\r\n"
        "Accept: */*\r\nZeta: 1\r\n\r\n");
  CHECK(body(ask(*service, "POST /echo?x=%20y", "User-Agent: u\r\nContent-Length: 3\r\n", "abc")) ==
        "POST /echo?x=%20y HTTP/1.1\r\nHost: a.example:80\r\nUser-Agent: u\r\n"
        "Content-Length: 3\r\n\r\nabc");
  CHECK(body(ask(*service, "PUT /echo", "User-Agent: u\r\nTransfer-Encoding: chunked\r\n",
                 "2\r\nab\r\n1\r\nc\r\n0\r\n\r\n")) ==
        "PUT /echo HTTP/1.1\r\nHost: a.example:80\r\nUser-Agent: u\r\n"
        "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n");
}

TEST_CASE("learn-layer5 hides how a call ended, and counts it") {
  const auto service = start(Dialect::learn_layer5);
  const std::string good = R"({"url":")" + url(*service, "/echo") +
                           R"(","method":"GET","body":"b","headers":{"x-one":"1"}})";
  const auto answer = call(*service, good);
  CHECK(status(answer) == "HTTP/1.1 200");
  CHECK_THAT(body(answer), Catch::StartsWith("GET /echo HTTP/1.1\r\n"));
  CHECK_THAT(body(answer), Contains("Servicename: app-a\r\n"));
  CHECK_THAT(body(answer), Contains("X-One: 1\r\n"));
  const auto hidden =
      call(*service, R"({"url":")" + url(*service, "/nowhere") + R"(","method":"GET","body":""})");
  CHECK(status(hidden) == "HTTP/1.1 200");
  CHECK(body(hidden) == "404 page not found\n");
  CHECK(status(call(*service, R"({"url":"http://127.0.0.1:1/","method":"GET","body":""})")) ==
        "HTTP/1.1 500");
  CHECK(body(ask(*service, "GET /metrics")) ==
        R"({"ReqReceived":["Unidentified","app-a","Unidentified","Unidentified"],)"
        R"("RespSucceeded":[{"URL":")" +
            url(*service, "/echo") +
            R"(","Method":"GET","Headers":{"Servicename":["app-a"],"X-One":["1"]}}],)"
            R"("RespFailed":[{"URL":")" +
            url(*service, "/nowhere") +
            R"(","Method":"GET","Headers":{"Servicename":["app-a"]}}]})");
  CHECK(status(ask(*service, "DELETE /metrics")) == "HTTP/1.1 200");
  CHECK(status(ask(*service, "PUT /metrics")) == "HTTP/1.1 400");
  CHECK(body(ask(*service, "GET /metrics")) ==
        R"({"ReqReceived":[],"RespSucceeded":[],"RespFailed":[]})");
}

TEST_CASE("learn-layer5 answers nothing where the original breaks off") {
  const auto service = start(Dialect::learn_layer5);
  CHECK(call(*service, R"({"url":"http://127.0.0.1:1/","method":"GET"})").empty());
  CHECK(call(*service, "no json").empty());
  const auto empty = ask(*service, "POST /call", "Content-Length: 0\r\n");
  CHECK(status(empty) == "HTTP/1.1 200");
  CHECK(body(empty).empty());
  CHECK(body(ask(*service, "GET /call")).empty());
}

TEST_CASE("learn-layer5 follows redirects as its client does") {
  const auto service = start(Dialect::learn_layer5);
  const std::string target = url(*service, "/nowhere?codes=302&headers=Location:/echo%3Fmoved");
  const auto answer =
      call(*service, R"({"url":")" + target + R"(","method":"POST","body":"text"})");
  CHECK_THAT(body(answer), Catch::StartsWith("GET /echo?moved HTTP/1.1\r\n"));
  const std::string loop = url(*service, "/x?codes=307&headers=Location:/x%3Fcodes=307");
  CHECK(status(call(*service, R"({"url":")" + loop + R"(","method":"GET","body":""})")) ==
        "HTTP/1.1 200");
}

TEST_CASE("a strict learn-layer5 hides nothing") {
  ServiceOptions options;
  options.strict = true;
  const auto service = start(Dialect::learn_layer5, options);
  CHECK(status(call(*service, "no json")) == "HTTP/1.1 400");
  CHECK(status(call(*service, R"({"url":")" + url(*service, "/nowhere") +
                                  R"(","method":"GET","body":""})")) == "HTTP/1.1 404");
  call(*service, R"({"url":"http://127.0.0.1:1/","method":"GET","body":""})");
  CHECK_THAT(body(ask(*service, "GET /metrics")), Contains(R"({"URL":"http://127.0.0.1:1/")"));
}

TEST_CASE("echo-basic shows the request in its own JSON") {
  const auto service = start(Dialect::echo_basic);
  const std::string port = std::to_string(service->port());
  const auto answer = ask(*service, "GET //a%20b/?x=<&>",
                          "x-TWO: 1\r\nX-Two: \xff\"\r\nX-Echo-Set-Header: A:1, b: 2,A: 3\r\n");
  CHECK(body(answer) ==
        "{\n \"path\": \"//a%20b/?x=\\u003c\\u0026\\u003e\",\n \"host\": \"a.example:80\",\n"
        " \"method\": \"GET\",\n \"proto\": \"HTTP/1.1\",\n \"headers\": {\n"
        "  \"X-Echo-Set-Header\": [\n   \"A:1, b: 2,A: 3\"\n  ],\n"
        "  \"X-Two\": [\n   \"1\",\n   \"\\ufffd\\\"\"\n  ]\n },\n \"httpPort\": \"" +
            port +
            "\",\n \"namespace\": \"ns\",\n \"ingress\": \"ing\",\n \"service\": \"app-a\",\n"
            " \"pod\": \"pod-1\"\n}");
  CHECK_THAT(answer, Contains("\r\nContent-Type: application/json\r\n"));
  CHECK_THAT(answer, Contains("\r\nX-Content-Type-Options: nosniff\r\n"));
  CHECK_THAT(answer, Contains("\r\nA: 1,3\r\n"));
  CHECK_THAT(answer, Contains("\r\nb: 2\r\n"));
  CHECK_THAT(body(ask(*service, "GET /")), Contains("\"headers\": {},\n"));
}

TEST_CASE("echo-basic has a health, statuses and retries") {
  const auto service = start(Dialect::echo_basic);
  CHECK(body(ask(*service, "GET //health")) == "OK");
  CHECK(status(ask(*service, "GET /status/418")) == "HTTP/1.1 418");
  CHECK(status(ask(*service, "GET /status/40")) == "HTTP/1.1 400");
  CHECK(status(ask(*service, "GET /status/404?x")) == "HTTP/1.1 400");
  CHECK(body(ask(*service, "GET /retry/a")) == "uuid is required");
  CHECK(body(ask(*service, "GET /retry/a?uuid=1&succeedAfter=x")) == "succeedAfter is required");
  const char* const retry = "GET /retry/a?uuid=7&succeedAfter=2&responseCode=503";
  CHECK(status(ask(*service, retry)) == "HTTP/1.1 503");
  CHECK(status(ask(*service, retry)) == "HTTP/1.1 503");
  CHECK(status(ask(*service, retry)) == "HTTP/1.1 200");
  CHECK(ask(*service, "GET /retry/a?uuid=8&succeedAfter=1") == "<reset>");
  CHECK(body(ask(*service, "GET /?delay=soon")) ==
        R"({"message":"time: invalid duration \"soon\""})");
  CHECK(status(ask(*service, "GET /?delay=1x")) == "HTTP/1.1 500");
  CHECK(status(ask(*service, "GET /?delay=1.5ms")) == "HTTP/1.1 200");
}

TEST_CASE("a port of h2c refuses HTTP/1 in echo-basic's words") {
  ServiceOptions options;
  options.ports = {{.protocol = Protocol::h2c}};
  const auto service = start(Dialect::echo_basic, options);
  const auto answer = ask(*service, "GET /health");
  CHECK(status(answer) == "HTTP/1.1 400");
  CHECK(body(answer) == "Expected h2c request");
}

TEST_CASE("istio's echo answers in lines") {
  const auto service = start(Dialect::istio);
  const std::string port = std::to_string(service->port());
  CHECK(body(ask(*service, "GET /a%20b?x", "zz: 1\r\nAa: 2\r\naa: 3\r\n")) ==
        "ServiceVersion=v1\nServicePort=" + port +
            "\nHost=a.example:80\nURL=/a%20b?x\nCluster=c1\nNamespace=ns\nMethod=GET\n"
            "Proto=HTTP/1.1\nIP=127.0.0.1\nRequestHeader=Aa:2\nRequestHeader=Aa:3\n"
            "RequestHeader=Zz:1\nHostname=host-1\n");
}

TEST_CASE("istio's echo does what the query asks, or says why not") {
  const auto service = start(Dialect::istio);
  CHECK(status(ask(*service, "GET /?codes=503")) == "HTTP/1.1 503");
  CHECK(status(ask(*service, "GET /?codes=503:0,404:1")) == "HTTP/1.1 404");
  CHECK_THAT(ask(*service, "GET /?headers=x:1,y:2"), Contains("\r\nx: 1\r\ny: 2\r\n"));
  const auto bad = ask(*service, "GET /?codes=12&headers=x&delay=1");
  CHECK(status(bad) == "HTTP/1.1 200");
  CHECK_THAT(bad, Contains("Content-Type: application/text\r\n"));
  CHECK_THAT(body(bad), Catch::StartsWith(
                            "error delaying response error: time: missing unit in duration \"1\"\n"
                            "response headers error: invalid \"x\" (want name:value)\n"
                            "codes error: invalid HTTP response code 12\nServiceVersion="));
  CHECK_THAT(body(ask(*service, "GET /?codes=a")),
             Catch::StartsWith("codes error: strconv.Atoi: parsing \"a\": invalid syntax\n"));
  CHECK(ask(*service, "GET /?codes=200:0").empty());
}

TEST_CASE("every dialect takes the wishes of the echo servers") {
  const auto service = start(Dialect::weft);
  CHECK(status(ask(*service, "GET /?codes=503")) == "HTTP/1.1 503");
  CHECK(status(ask(*service, "GET /?codes=x")) == "HTTP/1.1 400");
  CHECK_THAT(ask(*service, "GET /", "x-echo-set-header: A:1\r\n"), Contains("\r\nA: 1\r\n"));
  CHECK(ask(*service, "GET /retry/a?uuid=8&succeedAfter=1") == "<reset>");
  CHECK_THAT(body(ask(*service, "GET /retry/a?uuid=8&succeedAfter=1")), Contains("weft.echo/v1"));
}

TEST_CASE("dialects tell what TLS has agreed on") {
  const auto made = weft::pki::issue_leaf({"shop", weft::base::system_clock().wall(), 1},
                                          {"localhost", "127.0.0.1"});
  REQUIRE(made.ok());
  weft::net::TlsServerOptions server;
  server.identity = {made->certificate, made->key};
  server.client_ca = made->certificate;
  server.anonymous_clients = true;
  ServiceOptions options;
  options.ports = {{.tls = server}};
  const auto service = start(Dialect::echo_basic, options);
  weft::net::TlsClientOptions client;
  client.verify = false;
  client.identity = server.identity;
  client.max_version = weft::net::TlsVersion::v1_2;
  const auto context = weft::net::TlsContext::client(client, "localhost", {"http/1.1"});
  REQUIRE(context.ok());
  const auto fd = connect_to(service->port());
  weft::net::TlsSession session(**context, fd.get());
  REQUIRE(session.handshake() == weft::net::TlsSession::Step::done);
  const std::string request = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
  session.write(request.data(), request.size());
  std::string answer;
  char buffer[4096];
  for (ssize_t size = 0; (size = session.read(buffer, sizeof buffer)) > 0;)
    answer.append(buffer, static_cast<std::size_t>(size));
  CHECK_THAT(answer, Contains("\"tls\": {\n  \"version\": \"TLSv1.2\",\n"
                              "  \"peerCertificates\": [\n   \"-----BEGIN CERTIFICATE-----\\n"));
  CHECK_THAT(answer, Contains("\"serverName\": \"localhost\",\n"
                              "  \"negotiatedProtocol\": \"http/1.1\",\n"
                              "  \"cipherSuite\": \"TLS_ECDHE_"));
}

// Seen of the original, built from sigs.k8s.io/gateway-api v1.4.1 with Go 1.26.
TEST_CASE("echo-basic routes and refuses as Go's server does") {
  const auto service = start(Dialect::echo_basic);
  const auto moved = ask(*service, "GET /a/../b?x=1&y=2");
  CHECK(status(moved) == "HTTP/1.1 307");
  CHECK_THAT(moved, Contains("\r\nLocation: /b?x=1&y=2\r\n"));
  CHECK(body(moved) == "<a href=\"/b?x=1&amp;y=2\">Temporary Redirect</a>.\n\n");
  CHECK_THAT(ask(*service, "GET //a/.//b/"), Contains("\r\nLocation: /a/b/\r\n"));
  CHECK_THAT(ask(*service, "POST /status"), Contains("\r\nLocation: /status/\r\n"));
  CHECK(status(ask(*service, "GET //a//b/")) == "HTTP/1.1 200");
  CHECK(status(ask(*service, "GET /status/999")) == "HTTP/1.1 999");
  CHECK(body(ask(*service, "GET /a%zz")) == "400 Bad Request");
  CHECK(status(ask(*service, "GET /a?delay=%zz")) == "HTTP/1.1 200");
  CHECK(status(ask(*service, "GET *")) == "HTTP/1.1 400");
  CHECK(body(ask(*service, "OPTIONS *")).empty());
  CHECK(body(ask(*service, "CONNECT a:1")) == "404 page not found\n");
  CHECK_THAT(ask(*service, "GET http://b.example/p"), Contains("\"host\": \"b.example\""));
  const auto old = exchange(service->port(), "GET /a HTTP/1.0\r\n\r\n");
  CHECK(status(old) == "HTTP/1.0 200");
  CHECK_THAT(old, !Contains("Connection:"));
  CHECK(body(exchange(service->port(), "GET /a HTTP/1.1\r\n\r\n")) == "400 Bad Request");
}

TEST_CASE("Istio's echo tells what it cannot understand of a query") {
  const auto service = start(Dialect::istio);
  CHECK_THAT(body(ask(*service, "GET /?a=%zz")),
             Catch::StartsWith("ParseForm() error: invalid URL escape \"%zz\"\nServiceVersion="));
  CHECK_THAT(body(ask(*service, "GET /?a=1;b=2")),
             Catch::StartsWith("ParseForm() error: invalid semicolon separator in query\n"));
}
