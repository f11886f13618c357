#include "lib/load/prepare.h"

#include <algorithm>

#include "lib/base/format.h"
#include "lib/base/id.h"
#include "lib/base/text.h"
#include "lib/base/version.h"
#include "lib/load/limits.h"

namespace weft::load {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;
using namespace std::chrono_literals;

constexpr base::Nanoseconds kResolveLimit = 5s;
constexpr unsigned kMaxBurst = 1'000'000;
constexpr unsigned kMaxConnections = 200'000;
constexpr unsigned kMaxThreads = 256;
constexpr unsigned kMaxStreams = 10'000;
constexpr std::uint64_t kMaxLanes = 1'000'000;
constexpr double kMinQps = 0.001;
constexpr double kMaxQps = 10e6;
constexpr base::Nanoseconds kMaxDuration = std::chrono::hours(24 * 30);
constexpr unsigned long kOtherFiles = 64;  // standard streams, what the caller has open

Error impossible(std::string message, std::string remedy) {
  return {ExitCode::usage, std::move(message), std::move(remedy)};
}

Result<void> check_plan(const Plan& plan) {
  if (!plan.duration && !plan.requests)
    return impossible("the run has no end", "set --duration or --requests");
  if (plan.duration && (*plan.duration <= 0ns || *plan.duration > kMaxDuration))
    return impossible("the duration must be more than 0 and at most 30 days", "set --duration 10s");
  if (plan.requests && *plan.requests == 0)
    return impossible("the number of requests is 0", "set --requests to 1 or more");
  if (plan.qps && !(*plan.qps >= kMinQps && *plan.qps <= kMaxQps))
    return impossible(fmt::format("a rate of {} requests per second is out of range", *plan.qps),
                      "use 0.001 to 10000000, or max");
  if (plan.burst == 0 || plan.burst > kMaxBurst)
    return impossible(fmt::format("a burst of {} requests is out of range", plan.burst),
                      fmt::format("use 1 to {}", kMaxBurst));
  if (plan.connections == 0 || plan.connections > kMaxConnections)
    return impossible(fmt::format("{} connections are out of range", plan.connections),
                      fmt::format("use 1 to {}", kMaxConnections));
  if (plan.max_connections > kMaxConnections ||
      (plan.max_connections != 0 && plan.max_connections < plan.connections))
    return impossible(fmt::format("at most {} connections are fewer than {}", plan.max_connections,
                                  plan.connections),
                      "raise --max-connections");
  if (plan.streams == 0 || plan.streams > kMaxStreams ||
      std::uint64_t{plan.streams} * plan.connections > kMaxLanes)
    return impossible(fmt::format("{} streams on each of {} connections are out of range",
                                  plan.streams, plan.connections),
                      fmt::format("use 1 to {}, at most {} in all", kMaxStreams, kMaxLanes));
  if (plan.streams > 1 && (plan.protocol != Protocol::http2 || !plan.keepalive))
    return impossible("streams share a connection only in HTTP/2, and where it is kept",
                      "add --http 2, or leave out --streams");
  if (plan.threads > kMaxThreads)
    return impossible(fmt::format("{} threads are too many", plan.threads),
                      fmt::format("use at most {}", kMaxThreads));
  if (plan.timeout <= 0ns || plan.timeout > kMaxDuration)
    return impossible("the time-out of a request must be more than 0", "set --timeout 10s");
  if (plan.warmup < 0ns || plan.warmup > kMaxDuration)
    return impossible("the warm-up must not be negative", "set --warmup 5s");
  return {};
}

bool token(std::string_view text) {
  const auto allowed = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  };
  return !text.empty() && std::all_of(text.begin(), text.end(), allowed);
}

bool one_line(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

Result<void> check_header(std::string_view name, std::string_view value) {
  if (!token(name))
    return impossible(fmt::format("\"{}\" is not a header name", name), "write -H 'Name: value'");
  if (!one_line(value))
    return impossible(fmt::format("the value of header {} has a line break", name), "");
  for (const std::string_view framing : {"content-length", "transfer-encoding"})
    if (base::equal_ignoring_case(name, framing))
      return impossible(fmt::format("header {} cannot be set: it follows from the body", name),
                        "leave it out");
  return {};
}

// --resolve, then the address itself, then the name server.
Result<std::vector<net::Address>> find_addresses(const Target& target) {
  if (!target.unix_socket.empty()) {
    WEFT_TRY(address, net::unix_address(target.unix_socket));
    return std::vector{address};
  }
  const std::string key = fmt::format("{}:{}", target.url.host, target.url.port);
  std::vector<net::Address> addresses;
  for (const auto& [host_and_port, address_text] : target.resolve) {
    if (!base::equal_ignoring_case(host_and_port, key)) continue;
    WEFT_TRY(address, net::parse_address(address_text, target.url.port));
    addresses.push_back(address);
  }
  if (!addresses.empty()) return addresses;
  return net::resolve(target.url.host, target.url.port, kResolveLimit);
}

bool idempotent(std::string_view method) {
  for (const std::string_view safe : {"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"})
    if (method == safe) return true;
  return false;
}

}  // namespace

Result<std::string> build_request(const Target& target, bool keepalive) {
  if (!token(target.method))
    return impossible(fmt::format("\"{}\" is not a method", target.method), "use GET or POST");
  std::string head = fmt::format("{} {} HTTP/1.1\r\n", target.method, target.url.target);
  std::string custom;
  bool has_host = false, has_agent = false, has_accept = false;
  for (const auto& [name, value] : target.headers) {
    WEFT_CHECK(check_header(name, value));
    has_host |= base::equal_ignoring_case(name, "host");
    has_agent |= base::equal_ignoring_case(name, "user-agent");
    has_accept |= base::equal_ignoring_case(name, "accept");
    custom += fmt::format("{}: {}\r\n", name, base::trim(value));
  }
  if (!has_host) head += fmt::format("Host: {}\r\n", target.url.authority());
  if (!has_agent) head += fmt::format("User-Agent: weft/{}\r\n", base::build_info().version);
  if (!has_accept) head += "Accept: */*\r\n";
  head += custom;
  const bool expects_body =
      target.method == "POST" || target.method == "PUT" || target.method == "PATCH";
  if (!target.body.empty() || expects_body)
    head += fmt::format("Content-Length: {}\r\n", target.body.size());
  if (!keepalive) head += "Connection: close\r\n";
  return head + "\r\n" + target.body;
}

Result<Http2Request> build_http2_request(const Target& target) {
  Http2Request out{.fields = {{":method", target.method},
                              {":scheme", target.url.scheme},
                              {":authority", target.url.authority()},
                              {":path", target.url.target}},
                   .body = target.body};
  bool has_agent = false, has_accept = false;
  for (const auto& [given_name, value] : target.headers) {
    const std::string name = base::lower(given_name);
    // RFC 9113, 8.2.2.
    for (const std::string_view other :
         {"connection", "keep-alive", "proxy-connection", "upgrade", "transfer-encoding"})
      if (name == other)
        return impossible(fmt::format("HTTP/2 has no header {}", given_name), "leave it out");
    if (name == "host") {
      out.fields[2].second = base::trim(value);
      continue;
    }
    has_agent |= name == "user-agent";
    has_accept |= name == "accept";
    out.fields.emplace_back(name, base::trim(value));
  }
  if (!has_agent)
    out.fields.emplace_back("user-agent", fmt::format("weft/{}", base::build_info().version));
  if (!has_accept) out.fields.emplace_back("accept", "*/*");
  if (!target.body.empty())
    out.fields.emplace_back("content-length", fmt::format("{}", target.body.size()));
  return out;
}

Result<Prepared> prepare(const Plan& plan) {
  WEFT_CHECK(check_plan(plan));
  Prepared prepared;
  WEFT_TRY(request, build_request(plan.target, plan.keepalive));
  prepared.request = std::move(request);
  WEFT_TRY(addresses, find_addresses(plan.target));
  prepared.addresses = std::move(addresses);
  const bool http2 = plan.protocol == Protocol::http2;
  if (http2) {
    WEFT_TRY(http2_request, build_http2_request(plan.target));
    prepared.http2 = std::move(http2_request);
  }
  if (plan.target.url.scheme == "https") {
    WEFT_TRY(tls, net::TlsContext::client(plan.target.tls, plan.target.url.host,
                                          {http2 ? "h2" : "http/1.1"}));
    prepared.tls = std::move(tls);
  }
  prepared.to_head = plan.target.method == "HEAD";
  prepared.idempotent = idempotent(plan.target.method);

  const base::Cpus machine = base::cpus();
  const unsigned wanted = plan.threads != 0 ? plan.threads : std::max(machine.usable - 1, 1u);
  prepared.threads = std::min(wanted, plan.connections);
  prepared.may_poll = may_poll(machine, prepared.threads * plan.part.count);
  const unsigned long needed = plan.connections + prepared.threads + kOtherFiles;
  if (plan.qps && plan.keepalive && !http2 && plan.max_connections > plan.connections)
    prepared.spares = plan.max_connections - plan.connections;
  WEFT_TRY(open_files, allow_open_files(needed, needed + prepared.spares));
  prepared.spares = std::min(prepared.spares, static_cast<unsigned>(open_files - needed));
  prepared.seed = plan.seed.value_or(base::random_bits());
  return prepared;
}

}  // namespace weft::load
