#include "lib/load/prepare.h"

#include <algorithm>

#include "lib/base/format.h"
#include "lib/base/id.h"
#include "lib/base/text.h"
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
  if (plan.grpc && plan.protocol != Protocol::http2)
    return impossible("gRPC needs HTTP/2", "leave out --http");
  if (plan.streams > 1 && (plan.protocol != Protocol::http2 || !plan.keepalive))
    return impossible("streams share a connection only in HTTP/2, and where it is kept",
                      "add --http 2, or leave out --streams");
  if (plan.threads > kMaxThreads)
    return impossible(fmt::format("{} threads are too many", plan.threads),
                      fmt::format("use at most {}", kMaxThreads));
  if (plan.timeout <= 0ns || plan.timeout > kMaxDuration)
    return impossible("the time-out of a request must be more than 0", "set --timeout 10s");
  if (plan.renewal.any() && plan.protocol == Protocol::http2)
    return impossible("replacing connections by number, age or churn is for HTTP/1.1",
                      "leave out --http 2");
  if (!(plan.renewal.churn >= 0 && plan.renewal.churn <= 10) ||
      plan.renewal.max_requests.value_or(1) == 0 || plan.renewal.max_age.value_or(1s) <= 0ns)
    return impossible("connections cannot be replaced that often",
                      "use a churn of 0 to 1000 percent, and ages and numbers above 0");
  if (plan.target.proxy && !plan.target.unix_socket.empty())
    return impossible("a Unix socket is not reached through a proxy",
                      "leave out --proxy or --unix-socket");
  if (plan.warmup < 0ns || plan.warmup > kMaxDuration)
    return impossible("the warm-up must not be negative", "set --warmup 5s");
  return {};
}

// --connect-to, --resolve, then the address itself, then the name server.
Result<std::vector<net::Address>> find_addresses(const Target& target) {
  if (!target.unix_socket.empty()) {
    WEFT_TRY(address, net::unix_address(target.unix_socket));
    return std::vector{address};
  }
  const std::string key = fmt::format("{}:{}", target.url.host, target.url.port);
  if (target.proxy) return net::resolve(target.proxy->host, target.proxy->port, kResolveLimit);
  std::vector<net::Address> addresses;
  for (const auto& [host, port] : target.connect_to) {
    WEFT_TRY(found, net::resolve(host, port, kResolveLimit));
    addresses.insert(addresses.end(), found.begin(), found.end());
  }
  if (!addresses.empty()) {
    // Those of the first kind share the connections: they come first, whatever host they are of.
    std::stable_partition(addresses.begin(), addresses.end(),
                          [family = addresses[0].family()](const net::Address& one) {
                            return one.family() == family;
                          });
    return addresses;
  }
  for (const auto& [host_and_port, address_text] : target.resolve) {
    if (!base::equal_ignoring_case(host_and_port, key)) continue;
    WEFT_TRY(address, net::parse_address(address_text, target.url.port));
    addresses.push_back(address);
  }
  if (!addresses.empty()) return addresses;
  return net::resolve(target.url.host, target.url.port, kResolveLimit);
}

// A proxy of HTTP passes on single requests of plain HTTP/1.1; everything else it has to tunnel.
std::optional<Tunnel> tunnel_of(const Plan& plan) {
  const Target& target = plan.target;
  const bool whole = target.tunnel || target.url.is_secure() || plan.protocol != Protocol::http1 ||
                     (target.proxy && target.proxy->kind == net::Proxy::Kind::socks5);
  if (!target.proxy || !whole) return std::nullopt;
  return Tunnel{*target.proxy, target.url.host, target.url.port};
}

// Bound once to see that they are addresses of this machine.
Result<std::vector<net::Address>> own_addresses(const Target& target) {
  std::vector<net::Address> found;
  for (const std::string& text : target.local_addresses) {
    WEFT_TRY(address, net::parse_address(text, 0));
    const net::Fd fd(::socket(address.family(), SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address.storage), address.size) != 0)
      return base::system_error(ExitCode::input, fmt::format("cannot connect from {}", text),
                                errno);
    found.push_back(address);
  }
  return found;
}

}  // namespace

Result<Prepared> prepare(const Plan& plan) {
  WEFT_CHECK(check_plan(plan));
  Prepared prepared;
  WEFT_TRY(mix, make_mix(plan));
  prepared.mix = std::move(mix);
  WEFT_TRY(addresses, find_addresses(plan.target));
  prepared.addresses = std::move(addresses);
  WEFT_TRY(local_addresses, own_addresses(plan.target));
  prepared.local_addresses = std::move(local_addresses);
  prepared.tunnel = tunnel_of(plan);
  const bool http2 = plan.protocol == Protocol::http2;
  if (plan.target.url.is_secure()) {
    WEFT_TRY(tls, net::TlsContext::client(plan.target.tls, plan.target.url.host,
                                          {http2 ? "h2" : "http/1.1"}));
    prepared.tls = std::move(tls);
  }

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
