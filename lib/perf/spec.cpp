#include "lib/perf/spec.h"

#include <algorithm>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/perf/grpc_target.h"
#include "lib/perf/spec_target.h"

namespace weft::perf {
namespace {

using base::Error;
using base::ExitCode;

constexpr std::int64_t kMaxConnections = 100'000;
constexpr std::int64_t kGrowth = 10;  // of an open loop's connections, when nobody says otherwise
constexpr std::int64_t kMaxStreams = 10'000;
constexpr std::int64_t kOpenLoopStreams = 100;
constexpr std::int64_t kMaxBurst = 1'000'000;
constexpr std::int64_t kMaxThreads = 1024;
constexpr std::string_view kOnSaturation = "--on-saturation";
constexpr base::Nanoseconds kLongestWarmup = std::chrono::seconds(60);  // of --warmup auto

template <typename T>
void take(std::optional<T>& under, const std::optional<T>& over) {
  if (over) under = over;
}

void take(std::string& under, const std::string& over) {
  if (!over.empty()) under = over;
}

// RFC 9110 token characters.
bool is_token(std::string_view text) {
  constexpr std::string_view kSymbols = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::ranges::all_of(text, [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           kSymbols.find(c) != std::string_view::npos;
  });
}

bool has_control(std::string_view text) {
  return std::ranges::any_of(text, [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
  });
}

base::Result<std::int64_t> in_range(std::optional<std::int64_t> value, std::int64_t fallback,
                                    std::int64_t low, std::int64_t high, std::string_view flag) {
  if (!value) return fallback;
  if (*value >= low && *value <= high) return *value;
  return Error{ExitCode::usage, fmt::format("{} is {}", flag, *value),
               fmt::format("give {} to {}", low, high)};
}

base::Result<void> check_times(const Spec& spec) {
  const auto positive = [](std::optional<base::Nanoseconds> value, std::string_view flag,
                           base::Nanoseconds least) -> base::Result<void> {
    if (!value || (*value >= least && *value <= std::chrono::hours(24 * 30))) return {};
    return Error{ExitCode::usage, fmt::format("{} is {}", flag, base::format_duration(*value)),
                 fmt::format("give {} to 720h", base::format_duration(least))};
  };
  WEFT_CHECK(positive(spec.duration, "--duration", std::chrono::milliseconds(1)));
  WEFT_CHECK(positive(spec.timeout, "--timeout", std::chrono::microseconds(1)));
  WEFT_CHECK(positive(spec.deadline, "--deadline", base::Nanoseconds(1)));
  WEFT_CHECK(positive(spec.connection_age, "--connection-age", std::chrono::milliseconds(1)));
  if (!spec.warmup) return {};
  return positive(spec.warmup->length, "--warmup", base::Nanoseconds(0));
}

void take(Tls& under, const Tls& over) {
  take(under.insecure, over.insecure);
  take(under.resume, over.resume);
  take(under.ca, over.ca);
  take(under.certificate, over.certificate);
  take(under.key, over.key);
  take(under.server_name, over.server_name);
  take(under.spiffe_id, over.spiffe_id);
  take(under.ciphers, over.ciphers);
  take(under.curves, over.curves);
  take(under.min_version, over.min_version);
  take(under.max_version, over.max_version);
}

base::Result<void> set_renewal(const Spec& spec, load::Plan& plan) {
  if (spec.connection_requests) {
    WEFT_TRY(requests, in_range(spec.connection_requests, 1, 1, std::int64_t{1} << 53,
                                "--connection-requests"));
    plan.renewal.max_requests = static_cast<std::uint64_t>(requests);
  }
  plan.renewal.max_age = spec.connection_age;
  plan.renewal.churn = spec.churn.value_or(0);
  if (plan.renewal.any() && (plan.protocol != load::Protocol::http1 || !plan.keepalive))
    return Error{ExitCode::usage,
                 "--connection-requests, --connection-age and --churn need connections of HTTP/1.1 "
                 "that are kept",
                 plan.keepalive ? "leave out --http" : "leave out --keepalive=false"};
  return {};
}

// When requests leave; needs the limits of the run.
base::Result<void> set_arrivals(const Spec& spec, load::Plan& plan) {
  const bool open = !spec.trace.empty() || (spec.rate && !spec.rate->unlimited());
  for (const auto& [given, flag] :
       {std::pair{spec.arrival.has_value(), std::string_view("--arrival")},
        std::pair{spec.burst.has_value(), std::string_view("--burst")},
        std::pair{spec.on_saturation.has_value(), kOnSaturation}}) {
    if (given && !open)
      return Error{ExitCode::usage,
                   fmt::format("{} needs a rate: at --qps max answers decide when to send", flag),
                   "add --qps N"};
    if (given && !spec.trace.empty() && flag != kOnSaturation)
      return Error{ExitCode::usage, fmt::format("{} and --trace exclude each other", flag),
                   "the trace says when to send"};
  }
  if (!spec.trace.empty()) {
    set_trace(spec.trace, plan);
  } else if (spec.rate) {
    WEFT_CHECK(set_pace(*spec.rate, plan));
  }
  plan.arrival = spec.arrival.value_or(plan.arrival);
  WEFT_TRY(burst, in_range(spec.burst, 1, 1, kMaxBurst, "--burst"));
  plan.burst = static_cast<unsigned>(burst);
  plan.on_saturation = spec.on_saturation.value_or(plan.on_saturation);
  return {};
}

// What http:// is to other protocols than HTTP.
base::Result<void> set_protocol_of_url(const Spec& spec, load::Plan& plan) {
  const std::string& scheme = plan.target.url.scheme;
  const bool grpc = scheme.starts_with("grpc");
  for (const auto& [given, flag] : {std::pair{spec.descriptors.has_value(), "--descriptors"},
                                    std::pair{spec.messages.has_value(), "--messages"},
                                    std::pair{spec.deadline.has_value(), "--deadline"}})
    if (given && !grpc)
      return Error{ExitCode::usage, fmt::format("{} is for gRPC", flag), "grpc://HOST:PORT/..."};
  if (scheme.starts_with("http")) return {};
  if (grpc && !plan.kinds.empty())
    return Error{ExitCode::usage, "lists of targets and values in requests are for HTTP",
                 "give one method and one --body"};
  if (spec.protocol)
    return Error{ExitCode::usage, fmt::format("--http is for HTTP, not for {}", scheme),
                 "leave it out"};
  if (grpc) {
    plan.protocol = load::Protocol::http2;
    return set_grpc(spec, plan);
  }
  plan.protocol = scheme == "tcp" ? load::Protocol::tcp : load::Protocol::udp;
  if (scheme == "udp" && plan.target.proxy)
    return Error{ExitCode::usage, "datagrams go through no proxy", "--proxy none"};
  if (spec.method || !spec.headers.empty())
    return Error{ExitCode::usage, fmt::format("{} has no methods and no headers", scheme),
                 "leave out --method and --header"};
  return {};
}

// An open loop would have no connection to send on while all wait: with HTTP/2 it has streams.
base::Result<void> set_protocol(const Spec& spec, load::Plan& plan) {
  plan.protocol = spec.protocol.value_or(plan.protocol);
  WEFT_CHECK(set_protocol_of_url(spec, plan));
  const bool http2 = plan.protocol == load::Protocol::http2;
  if (spec.streams && !http2)
    return Error{ExitCode::usage, "--streams needs HTTP/2: HTTP/1.1 has one request at a time",
                 "add --http 2, or raise --connections"};
  if (spec.max_connections && http2)
    return Error{ExitCode::usage, "--max-connections is for HTTP/1.1",
                 "allow more --streams on each connection"};
  const std::int64_t usual = http2 && plan.qps && plan.keepalive ? kOpenLoopStreams : 1;
  WEFT_TRY(streams, in_range(spec.streams, usual, 1, kMaxStreams, "--streams"));
  plan.streams = static_cast<unsigned>(streams);
  return {};
}

}  // namespace

Spec overlay(Spec under, const Spec& over) {
  take(under.name, over.name);
  for (const auto& [key, value] : over.labels) under.labels[key] = value;
  take(under.url, over.url);
  take(under.method, over.method);
  std::erase_if(under.headers, [&](const auto& header) {
    return std::ranges::any_of(over.headers, [&](const auto& replacement) {
      return base::equal_ignoring_case(replacement.first, header.first);
    });
  });
  under.headers.insert(under.headers.end(), over.headers.begin(), over.headers.end());
  take(under.body, over.body);
  take(under.protocol, over.protocol);
  take(under.rate, over.rate);
  take(under.arrival, over.arrival);
  take(under.burst, over.burst);
  take(under.on_saturation, over.on_saturation);
  if (!over.trace.empty()) under.trace = over.trace;
  // One limit on the command line replaces both of the profile.
  if (over.duration || over.requests) {
    under.duration = over.duration;
    under.requests = over.requests;
  }
  take(under.descriptors, over.descriptors);
  take(under.messages, over.messages);
  take(under.deadline, over.deadline);
  take(under.warmup, over.warmup);
  take(under.timeout, over.timeout);
  take(under.connections, over.connections);
  take(under.max_connections, over.max_connections);
  take(under.streams, over.streams);
  take(under.threads, over.threads);
  take(under.keepalive, over.keepalive);
  take(under.seed, over.seed);
  take(under.templated, over.templated);
  take(under.targets, over.targets);
  take(under.bodies, over.bodies);
  for (const auto& [name, file] : over.data) under.data[name] = file;
  take(under.proxy, over.proxy);
  take(under.no_proxy, over.no_proxy);
  take(under.tunnel, over.tunnel);
  if (!over.local_addresses.empty()) under.local_addresses = over.local_addresses;
  take(under.connection_requests, over.connection_requests);
  take(under.connection_age, over.connection_age);
  take(under.churn, over.churn);
  if (!over.environment.variables().empty()) under.environment = over.environment;
  if (!over.connect_to.empty()) under.connect_to = over.connect_to;
  under.resolve.insert(under.resolve.end(), over.resolve.begin(), over.resolve.end());
  take(under.unix_socket, over.unix_socket);
  take(under.tls, over.tls);
  take(under.test_id, over.test_id);
  if (!over.mesh.type.empty()) under.mesh = over.mesh;
  return under;
}

base::Result<load::Plan> to_plan(const Spec& spec) {
  load::Plan plan;
  WEFT_CHECK(check_times(spec));
  WEFT_CHECK(set_target(spec, plan));
  plan.duration = spec.duration;
  if (spec.requests) {
    WEFT_TRY(requests, in_range(spec.requests, 0, 1, std::int64_t{1} << 53, "--requests"));
    plan.requests = static_cast<std::uint64_t>(requests);
  }
  WEFT_CHECK(set_arrivals(spec, plan));
  if (!plan.duration && !plan.requests) plan.duration = kDefaultDuration;
  if (spec.warmup) {
    plan.warmup = spec.warmup->length;
    plan.until_settled = spec.warmup->until_settled;
  }
  plan.timeout = spec.timeout.value_or(plan.timeout);
  WEFT_TRY(connections,
           in_range(spec.connections, plan.connections, 1, kMaxConnections, "--connections"));
  plan.connections = static_cast<unsigned>(connections);
  plan.keepalive = spec.keepalive.value_or(plan.keepalive);
  WEFT_CHECK(set_protocol(spec, plan));
  WEFT_CHECK(set_renewal(spec, plan));
  if (spec.max_connections && !plan.qps)
    return Error{ExitCode::usage,
                 "--max-connections needs a rate: at --qps max all connections are always busy",
                 "add --qps N, or raise --connections"};
  WEFT_TRY(most, in_range(spec.max_connections, std::min(connections * kGrowth, kMaxConnections),
                          connections, kMaxConnections, "--max-connections"));
  plan.max_connections = static_cast<unsigned>(most);
  WEFT_TRY(threads, in_range(spec.threads, 0, 1, kMaxThreads, "--threads"));
  plan.threads = static_cast<unsigned>(threads);
  plan.seed = spec.seed;
  return plan;
}

base::Result<std::pair<std::string, std::string>> parse_header(std::string_view text) {
  const auto colon = text.find(':');
  const std::string_view name = text.substr(0, colon);
  if (colon == std::string_view::npos || !is_token(name) || has_control(text))
    return Error{ExitCode::usage, fmt::format("'{}' is not a header", text),
                 "-H 'Accept: application/json'"};
  return std::pair{std::string(name), std::string(base::trim(text.substr(colon + 1)))};
}

base::Result<std::pair<std::string, std::string>> parse_label(std::string_view text) {
  const auto equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0)
    return Error{ExitCode::usage, fmt::format("'{}' is not a label", text), "--label mesh=istio"};
  return std::pair{std::string(text.substr(0, equals)), std::string(text.substr(equals + 1))};
}

base::Result<std::pair<std::string, std::string>> parse_resolve(std::string_view text) {
  const Error error{ExitCode::usage, fmt::format("'{}' is not host:port:address", text),
                    "--resolve shop.example:80:127.0.0.1"};
  // A host in brackets holds colons itself.
  const auto host_end = text.starts_with('[') ? text.find(']') : 0;
  if (host_end == std::string_view::npos) return error;
  const auto colon = text.find(':', host_end);
  const auto second = colon == std::string_view::npos ? colon : text.find(':', colon + 1);
  if (second == std::string_view::npos || colon == 0) return error;
  const auto port = base::parse_uint(text.substr(colon + 1, second - colon - 1));
  std::string_view address = text.substr(second + 1);
  if (address.starts_with('[') && address.ends_with(']'))
    address = address.substr(1, address.size() - 2);
  if (!port || *port == 0 || *port > 65535 || address.empty()) return error;
  return std::pair{std::string(text.substr(0, second)), std::string(address)};
}

base::Result<Warmup> parse_warmup(std::string_view text) {
  if (text == "auto") return Warmup{kLongestWarmup, true};
  WEFT_TRY(length, base::parse_duration(text));
  return Warmup{length, false};
}

base::Result<double> parse_churn(std::string_view text) {
  const auto percent =
      text.ends_with('%') ? base::parse_double(text.substr(0, text.size() - 1)) : std::nullopt;
  if (percent && *percent >= 0 && *percent <= 1000) return *percent / 100;
  return Error{ExitCode::usage, fmt::format("'{}' is not a churn", text),
               "--churn 5% replaces 5 of 100 connections each second"};
}

base::Result<std::pair<std::string, std::string>> parse_data(std::string_view text) {
  const auto equals = text.find('=');
  const std::string_view name = equals == std::string_view::npos ? "data" : text.substr(0, equals);
  const std::string_view file = equals == std::string_view::npos ? text : text.substr(equals + 1);
  if (!name.empty() && !file.empty() && name.find_first_of(".:|{} ") == std::string_view::npos)
    return std::pair{std::string(name), std::string(file)};
  return Error{ExitCode::usage, fmt::format("'{}' is not a table", text),
               "--data users=users.csv, for values as {{users.name}}"};
}

bool is_method(std::string_view text) { return is_token(text); }

base::Result<std::pair<std::string, std::uint16_t>> parse_host_port(std::string_view text) {
  const auto url = net::parse_url("http://" + std::string(text));
  if (url.ok() && url->target == "/" && text.find_first_of("/?#") == std::string_view::npos)
    return std::pair{url->host, url->port};
  return Error{ExitCode::usage, fmt::format("'{}' is not a host and a port", text),
               "--connect-to 10.0.0.1:8080"};
}

base::Result<load::Saturation> parse_saturation(std::string_view text) {
  if (text == "queue") return load::Saturation::queue;
  if (text == "drop") return load::Saturation::drop;
  if (text == "fail") return load::Saturation::fail;
  return Error{ExitCode::usage, fmt::format("'{}' is no way out of saturation", text),
               "--on-saturation queue, drop or fail"};
}

base::Result<load::Protocol> parse_protocol(std::string_view text) {
  if (text == "1.1") return load::Protocol::http1;
  if (text == "2") return load::Protocol::http2;
  return Error{ExitCode::usage, fmt::format("'{}' is not a version of HTTP", text),
               "--http 1.1 or --http 2"};
}

base::Result<load::Arrival> parse_arrival(std::string_view text) {
  if (text == "uniform") return load::Arrival::uniform;
  if (text == "poisson") return load::Arrival::poisson;
  return Error{ExitCode::usage, fmt::format("'{}' is not a kind of arrivals", text),
               "--arrival poisson or --arrival uniform"};
}

std::string_view arrival_name(load::Arrival arrival) {
  return arrival == load::Arrival::uniform ? "uniform" : "poisson";
}

}  // namespace weft::perf
