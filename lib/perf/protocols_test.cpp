// The load engine against the sample service, over every protocol that both speak.
#include <catch2/catch.hpp>
#include <cstdio>

#include "lib/base/file.h"
#include "lib/load/engine.h"
#include "lib/pki/issue.h"
#include "lib/serve/service.h"
#include "lib/testkit/temp_dir.h"

namespace weft {
namespace {

using namespace std::chrono_literals;
using load::ErrorClass;

const base::WallTime kNow = base::system_clock().wall();

const pki::Issued& root() {
  static const pki::Issued made = pki::issue_root({"root.example", kNow, 1000}).value();
  return made;
}

net::TlsIdentity identity(const std::vector<std::string>& names, base::WallTime now = kNow,
                          int days = 100) {
  const auto leaf = pki::issue_leaf({"leaf", now, days}, names, &root()).value();
  return {leaf.certificate, leaf.key};
}

std::unique_ptr<serve::Service> start(serve::ServiceOptions options = {}) {
  options.host = "127.0.0.1";
  return serve::Service::start(std::move(options)).value();
}

std::unique_ptr<serve::Service> start_tls(net::TlsIdentity of = identity({"127.0.0.1"}),
                                          std::string client_ca = "") {
  serve::ServiceOptions options;
  options.tls = net::TlsServerOptions{std::move(of), std::move(client_ca)};
  return start(std::move(options));
}

load::Plan plan_for(const serve::Service& service, const std::string& target = "/") {
  load::Plan plan;
  plan.target.url = net::parse_url(service.url() + target).value();
  plan.target.tls.ca = root().certificate;
  plan.connections = 4;
  plan.threads = 1;
  plan.requests = 200;
  plan.seed = 1;
  return plan;
}

load::Outcome run(const load::Plan& plan) {
  const base::StopFlag stop;
  auto outcome = load::run(plan, nullptr, stop);
  if (!outcome.ok()) FAIL(outcome.error().message);
  CHECK(outcome->planned == outcome->sent + outcome->skipped);
  CHECK(outcome->latency.count() == outcome->completed);
  return *std::move(outcome);
}

std::uint64_t errors(const load::Outcome& outcome, ErrorClass error) {
  return outcome.errors[static_cast<std::size_t>(error)];
}

// What a command prints; empty when the program is not on this machine, which is said aloud.
std::string shell(const std::string& program, const std::string& arguments) {
  if (std::system(("command -v " + program + " >/dev/null 2>&1").c_str()) != 0) {
    WARN("skipped: no " << program << " on this machine");
    return "";
  }
  std::FILE* pipe = ::popen((program + " " + arguments + " 2>&1").c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::string out;
  char buffer[4096];
  while (const std::size_t n = std::fread(buffer, 1, sizeof buffer, pipe)) out.append(buffer, n);
  ::pclose(pipe);
  return out;
}

TEST_CASE("every request over TLS is answered, and the handshake has a figure of its own") {
  const auto service = start_tls();
  const auto outcome = run(plan_for(*service));
  CHECK(outcome.completed == 200);
  CHECK(outcome.statuses[200] == 200);
  CHECK(outcome.connect_time.count() == 4);
  CHECK(outcome.handshake_time.count() == 4);
  CHECK(outcome.resumed == 0);
}

TEST_CASE("large answers and large requests pass through TLS whole") {
  const auto service = start_tls();
  load::Plan plan = plan_for(*service, "/?size=3000000");
  plan.requests = 8;
  plan.target.method = "POST";
  plan.target.body.assign(2'000'000, 'x');
  const auto outcome = run(plan);
  CHECK(outcome.completed == 8);
  CHECK(outcome.bytes_received >= 8u * 3'000'000);
  CHECK(outcome.bytes_sent >= 8u * 2'000'000);
}

TEST_CASE("a connection per request resumes sessions only when it may") {
  const auto service = start_tls();
  for (const bool resume : {false, true}) {
    load::Plan plan = plan_for(*service);
    plan.keepalive = false;
    plan.requests = 40;
    plan.connections = 1;
    plan.target.tls.resume = resume;
    const auto outcome = run(plan);
    CHECK(outcome.completed == 40);
    CHECK(outcome.handshake_time.count() == 40);
    CHECK(outcome.resumed == (resume ? 39 : 0));
  }
}

TEST_CASE("what is wrong with a certificate is named, with what to do about it") {
  const auto failure = [](const serve::Service& service, auto change) {
    load::Plan plan = plan_for(service);
    plan.requests = 4;
    change(plan.target.tls);
    const auto outcome = run(plan);
    CHECK(outcome.completed == 0);
    CHECK(errors(outcome, ErrorClass::tls) == 4);
    CHECK_FALSE(outcome.first_remedy.empty());
    return outcome.first_error;
  };
  const auto as_it_is = [](net::TlsClientOptions&) {};
  CHECK(failure(*start_tls(identity({"127.0.0.1"}, kNow - std::chrono::days(9), 5)), as_it_is) ==
        "the certificate of the target has expired");
  CHECK(failure(*start_tls(identity({"shop.example"})), as_it_is) ==
        "the certificate of the target is for another name");
  CHECK(failure(*start_tls(), [](net::TlsClientOptions& tls) { tls.ca.clear(); }) ==
        "the certificate of the target was issued by an unknown authority");
  CHECK(failure(*start_tls(identity({"127.0.0.1"}), root().certificate), as_it_is) ==
        "the target asks for a client certificate");
}

TEST_CASE("with a client certificate of the right authority a service lets the engine in") {
  const auto service = start_tls(identity({"127.0.0.1"}), root().certificate);
  load::Plan plan = plan_for(*service);
  plan.target.tls.identity = identity({"client.example"});
  CHECK(run(plan).completed == 200);
}

TEST_CASE("plain HTTP to a port that speaks TLS, and TLS to a plain one, are told apart") {
  const auto secure = start_tls();
  load::Plan plan = plan_for(*secure);
  plan.target.url.scheme = "http";
  plan.requests = 4;
  const auto refused = run(plan);
  CHECK(refused.statuses[400] == 4);

  const auto plain = start();
  plan = plan_for(*plain);
  plan.target.url.scheme = "https";
  plan.requests = 4;
  CHECK(run(plan).first_error == "the target does not speak TLS");
}

TEST_CASE("an open loop over TLS sends what was planned") {
  const auto service = start_tls();
  load::Plan plan = plan_for(*service);
  plan.requests.reset();
  plan.duration = 500ms;
  plan.qps = 400;
  const auto outcome = run(plan);
  CHECK(outcome.completed == 200);
  CHECK(outcome.generator_lag.count() == 200);
}

TEST_CASE("curl trusts the service by its authority, and not without it") {
  const testkit::TempDir folder;
  REQUIRE(base::write_file(folder.path() + "/ca.pem", root().certificate).ok());
  const auto service = start_tls();
  const std::string trusted =
      shell("curl", "-sS --cacert " + folder.path() + "/ca.pem " + service->url() + "/");
  if (trusted.empty()) return;
  CHECK(trusted == "ok\n");
  CHECK(shell("curl", "-sS " + service->url() + "/").find("certificate") != std::string::npos);
}

}  // namespace
}  // namespace weft
