#include "lib/net/tls.h"

#include <sys/socket.h>

#include <catch2/catch.hpp>

#include "lib/net/stream.h"
#include "lib/pki/issue.h"

namespace weft::net {
namespace {

using Step = TlsSession::Step;

const base::WallTime kNow = base::system_clock().wall();

struct Pair {
  Fd client, server;
  Pair() {
    int fds[2];
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds) == 0);
    client.reset(fds[0]);
    server.reset(fds[1]);
  }
};

const pki::Issued& root() {
  static const pki::Issued made = pki::issue_root({"root.example", kNow, 1000}).value();
  return made;
}

TlsIdentity identity(const std::vector<std::string>& names, base::WallTime now = kNow,
                     int days = 100) {
  const auto leaf = pki::issue_leaf({"leaf", now, days}, names, &root()).value();
  return {leaf.certificate, leaf.key};
}

using Context = std::shared_ptr<const TlsContext>;

Context server_of(TlsIdentity of, std::string client_ca = "",
                  std::vector<std::string> protocols = {"http/1.1"}) {
  return TlsContext::server({std::move(of), std::move(client_ca)}, protocols).value();
}

TlsClientOptions trusting() {
  TlsClientOptions options;
  options.ca = root().certificate;
  return options;
}

Context client_of(const TlsClientOptions& options = trusting(),
                  std::vector<std::string> protocols = {"http/1.1"}) {
  return TlsContext::client(options, "shop.example", protocols).value();
}

// Both sides act in turn until neither goes on.
struct Meeting {
  Pair sockets;
  TlsSession client, server;
  Step client_step = Step::wants_read, server_step = Step::wants_read;

  Meeting(const Context& client_context, const Context& server_context, TlsTicket* ticket = nullptr)
      : client(*client_context, sockets.client.get(), ticket),
        server(*server_context, sockets.server.get()) {
    for (int i = 0; i < 10; ++i) {
      if (client_step != Step::done && client_step != Step::failed)
        client_step = client.handshake();
      if (server_step != Step::done && server_step != Step::failed)
        server_step = server.handshake();
    }
  }
};

TlsFailure failure(const Context& client, const Context& server) {
  const Meeting meeting(client, server);
  CHECK(meeting.client_step == Step::failed);
  return meeting.client.failure();
}

TEST_CASE("both sides agree on TLS 1.3 and a protocol, and bytes arrive as they were sent") {
  Meeting meeting(client_of(trusting(), {"h2", "http/1.1"}),
                  server_of(identity({"shop.example"}), "", {"h2"}));
  REQUIRE(meeting.client_step == Step::done);
  REQUIRE(meeting.server_step == Step::done);
  CHECK(meeting.client.version() == "TLSv1.3");
  CHECK(meeting.client.protocol() == "h2");
  CHECK(meeting.server.protocol() == "h2");
  CHECK_FALSE(meeting.client.resumed());
  char buffer[100];
  CHECK(meeting.client.read(buffer, sizeof buffer) == -1);
  CHECK(errno == EAGAIN);
  CHECK(meeting.client.write("hello", 5) == 5);
  REQUIRE(meeting.server.read(buffer, sizeof buffer) == 5);
  CHECK(std::string_view(buffer, 5) == "hello");
  meeting.client.close_notify();
  CHECK(meeting.server.read(buffer, sizeof buffer) == 0);
}

TEST_CASE("each thing that is wrong with a certificate has its name and its remedy") {
  const auto long_ago = kNow - std::chrono::days(50);
  CHECK(failure(client_of(), server_of(identity({"shop.example"}, long_ago, 20))) ==
        TlsFailure::expired);
  CHECK(failure(client_of(), server_of(identity({"shop.example"}, kNow + std::chrono::days(5)))) ==
        TlsFailure::not_yet_valid);
  CHECK(failure(client_of(), server_of(identity({"other.example", "127.0.0.1"}))) ==
        TlsFailure::host_mismatch);
  TlsClientOptions machine;
  CHECK(failure(client_of(machine), server_of(identity({"shop.example"}))) ==
        TlsFailure::unknown_issuer);
  const auto alone = pki::issue_leaf({"leaf", kNow, 10}, {"shop.example"}).value();
  CHECK(failure(client_of(), server_of({alone.certificate, alone.key})) ==
        TlsFailure::unknown_issuer);
  for (int i = 1; i <= static_cast<int>(TlsFailure::broken); ++i)
    CHECK_FALSE(tls_failure_text(static_cast<TlsFailure>(i)).empty());
  CHECK(tls_failure_remedy(TlsFailure::unknown_issuer).find("--cacert") != std::string_view::npos);
}

TEST_CASE("a certificate is not looked at where the client does not verify") {
  TlsClientOptions options;
  options.verify = false;
  const Meeting meeting(client_of(options), server_of(identity({"other.example"})));
  CHECK(meeting.client_step == Step::done);
}

TEST_CASE("a self-signed certificate is good for who was given it") {
  const auto alone = pki::issue_leaf({"leaf", kNow, 10}, {"shop.example"}).value();
  TlsClientOptions options;
  options.ca = alone.certificate;
  const Meeting meeting(client_of(options), server_of({alone.certificate, alone.key}));
  CHECK(meeting.client_step == Step::done);
}

TEST_CASE("another name may be asked for and expected") {
  TlsClientOptions options = trusting();
  options.server_name = "other.example";
  CHECK(Meeting(client_of(options), server_of(identity({"other.example"}))).client_step ==
        Step::done);
  options.server_name = "10.1.2.3";
  CHECK(Meeting(client_of(options), server_of(identity({"10.1.2.3"}))).client_step == Step::done);
  CHECK(failure(client_of(options), server_of(identity({"10.1.2.4"}))) ==
        TlsFailure::host_mismatch);
}

TEST_CASE("a SPIFFE identity is expected instead of a name, whole or by its trust domain") {
  const auto server = server_of(identity({"spiffe://prod.example/ns/shop/sa/cart"}));
  TlsClientOptions options = trusting();
  const auto outcome = [&](std::string_view expected, const Context& of) {
    options.spiffe_id = parse_spiffe_id(expected).value();
    const Meeting meeting(client_of(options), of);
    return meeting.client_step == Step::done ? TlsFailure::none : meeting.client.failure();
  };
  CHECK(outcome("spiffe://prod.example/ns/shop/sa/cart", server) == TlsFailure::none);
  CHECK(outcome("spiffe://prod.example", server) == TlsFailure::none);
  CHECK(outcome("spiffe://prod.exam", server) == TlsFailure::other_identity);
  CHECK(outcome("spiffe://prod.example/ns/shop", server) == TlsFailure::other_identity);
  CHECK(outcome("spiffe://test.example/ns/shop/sa/cart", server) == TlsFailure::other_identity);
  const auto two = identity({"spiffe://prod.example/a", "spiffe://prod.example/b"});
  CHECK(outcome("spiffe://prod.example/b", server_of(two)) == TlsFailure::other_identity);
  CHECK(outcome("spiffe://prod.example", server_of(identity({"shop.example"}))) ==
        TlsFailure::other_identity);
  options.ca = pki::issue_root({"other.example", kNow, 10}).value().certificate;
  CHECK(outcome("spiffe://prod.example", server) == TlsFailure::unknown_issuer);
  for (const char* bad : {"", "spiffe://", "spiffe:///x", "http://prod.example/x", "spiffe://A/x",
                          "spiffe://a/x/", "spiffe://a//x", "spiffe://a/x?y"})
    CHECK_FALSE(parse_spiffe_id(bad).ok());
}

TEST_CASE("ciphers and curves are those asked for, and what is none is refused") {
  const auto server = server_of(identity({"shop.example"}));
  TlsClientOptions options = trusting();
  const auto version = [&](std::string ciphers, std::string curves) {
    options.ciphers = std::move(ciphers);
    options.curves = std::move(curves);
    const Meeting meeting(client_of(options), server);
    return meeting.client_step == Step::done ? std::string(meeting.client.version()) : "";
  };
  CHECK(version("TLS_AES_128_GCM_SHA256", "P-256") == "TLSv1.3");
  CHECK(version("ECDHE-ECDSA-AES128-GCM-SHA256", "") == "TLSv1.2");
  CHECK(version("ECDHE-ECDSA-AES128-GCM-SHA256:TLS_AES_128_GCM_SHA256", "X25519:P-384") ==
        "TLSv1.3");
  CHECK(version("DHE-RSA-AES128-SHA", "").empty());  // the server has no such key
  for (const auto& [ciphers, curves] :
       {std::pair{"nothing", ""}, std::pair{"TLS_NOTHING", ""}, std::pair{"", "curve"}}) {
    options.ciphers = ciphers;
    options.curves = curves;
    const auto refused = TlsContext::client(options, "shop.example", {});
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().code == base::ExitCode::usage);
  }
}

TEST_CASE("a server that demands a client certificate says so, and accepts one of its authority") {
  const auto server = server_of(identity({"shop.example"}), root().certificate);
  Meeting without(client_of(), server);
  REQUIRE(without.client_step == Step::done);  // TLS 1.3 says it after the handshake
  char buffer[10];
  CHECK(without.client.read(buffer, sizeof buffer) == -1);
  CHECK(errno == EPROTO);
  CHECK(without.client.failure() == TlsFailure::certificate_wanted);
  CHECK(without.server.failure() == TlsFailure::certificate_wanted);

  TlsClientOptions options = trusting();
  options.max_version = TlsVersion::v1_2;
  CHECK(failure(client_of(options), server) == TlsFailure::certificate_wanted);

  const auto stranger = pki::issue_leaf({"client", kNow, 10}, {"client"}).value();
  options.identity = {stranger.certificate, stranger.key};
  CHECK(failure(client_of(options), server) == TlsFailure::certificate_refused);

  options.identity = identity({"client.example"});
  const Meeting with(client_of(options), server);
  CHECK(with.client_step == Step::done);
  CHECK(with.server_step == Step::done);
  CHECK(with.client.version() == "TLSv1.2");
}

TEST_CASE("a protocol or a version that only one side speaks is named") {
  CHECK(failure(client_of(trusting(), {"h2"}), server_of(identity({"shop.example"}))) ==
        TlsFailure::no_protocol);
  // A peer without ALPN speaks HTTP/1.1.
  CHECK(Meeting(client_of(), server_of(identity({"shop.example"}), "", {"h2"})).client_step ==
        Step::done);
  TlsClientOptions options = trusting();
  options.min_version = TlsVersion::v1_3;
  options.max_version = TlsVersion::v1_2;
  const auto impossible = TlsContext::client(options, "shop.example", {});
  REQUIRE_FALSE(impossible.ok());
  CHECK(impossible.error().code == base::ExitCode::usage);
}

TEST_CASE("plain text where TLS is expected is told from broken TLS") {
  const auto client_context = client_of();
  Pair sockets;
  TlsSession client(*client_context, sockets.client.get());
  CHECK(client.handshake() == Step::wants_read);
  REQUIRE(::send(sockets.server.get(), "HTTP/1.1 400 Bad Request\r\n\r\n", 28, 0) == 28);
  CHECK(client.handshake() == Step::failed);
  CHECK(client.failure() == TlsFailure::not_tls);

  const auto server_context = server_of(identity({"shop.example"}));
  Pair other;
  TlsSession server(*server_context, other.server.get());
  REQUIRE(::send(other.client.get(), "GET / HTTP/1.1\r\n\r\n", 18, 0) == 18);
  CHECK(server.handshake() == Step::failed);
  CHECK(server.failure() == TlsFailure::not_tls);

  Pair closed;
  TlsSession lonely(*client_context, closed.client.get());
  closed.server.reset();
  Step step = lonely.handshake();
  if (step != Step::failed) step = lonely.handshake();
  CHECK(step == Step::failed);
  CHECK(lonely.failure() == TlsFailure::closed);
}

TEST_CASE("sessions are resumed only where that is asked for") {
  const auto server = server_of(identity({"shop.example"}));
  for (const bool resume : {false, true}) {
    TlsClientOptions options = trusting();
    options.resume = resume;
    const auto client = client_of(options);
    TlsTicket ticket;
    char buffer[10];
    Meeting first(client, server, &ticket);
    REQUIRE(first.client_step == Step::done);
    CHECK(first.client.read(buffer, sizeof buffer) == -1);  // takes the ticket in
    CHECK_FALSE(first.client.resumed());
    const Meeting second(client, server, &ticket);
    CHECK(second.client_step == Step::done);
    CHECK(second.client.resumed() == resume);
  }
}

TEST_CASE("a key that does not belong to the certificate, or no PEM at all, is an input error") {
  TlsIdentity mixed = identity({"shop.example"});
  mixed.key = identity({"shop.example"}).key;
  for (const TlsIdentity& bad : {mixed, TlsIdentity{"nonsense", mixed.key}}) {
    const auto made = TlsContext::server({bad, ""}, {});
    REQUIRE_FALSE(made.ok());
    CHECK(made.error().code == base::ExitCode::input);
  }
}

}  // namespace
}  // namespace weft::net
