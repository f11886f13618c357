// What one measurement should be, as far as somebody said so. A profile gives one, the command
// line another; they are laid over each other, and what nobody said takes its default only when
// the plan of the engine is made.
//
//   Spec spec = overlay(from_profile, from_flags);
//   WEFT_TRY(plan, to_plan(spec));
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lib/base/environment.h"
#include "lib/base/number.h"
#include "lib/base/result.h"
#include "lib/load/engine.h"
#include "lib/perf/rate.h"
#include "lib/smp/run.h"

namespace weft::perf {

using Pairs = std::vector<std::pair<std::string, std::string>>;

struct Tls {
  std::optional<bool> insecure, resume;
  std::optional<std::string> ca, certificate, key;  // PEM
  std::optional<std::string> server_name;
  std::optional<std::string> spiffe_id, ciphers, curves;
  std::optional<net::TlsVersion> min_version, max_version;
};

// --warmup: so long, or until the latency has settled, but not longer than that.
struct Warmup {
  base::Nanoseconds length{0};
  bool until_settled = false;
};

// A file as read, with the name people know it by.
struct NamedText {
  std::string name;
  std::string text;
};

struct Spec {
  std::string name;
  smp::Labels labels;
  std::optional<std::string> url;
  std::optional<std::string> method;
  Pairs headers;
  std::optional<std::string> body;
  std::optional<load::Protocol> protocol;  // of http:// and https://
  // Of gRPC: a descriptor set, the messages of one call, what the server is told as time-out.
  std::optional<std::string> descriptors;
  std::optional<std::int64_t> messages;
  std::optional<base::Nanoseconds> deadline;
  std::optional<Rate> rate;
  std::optional<load::Arrival> arrival;
  std::optional<std::int64_t> burst;
  std::optional<load::Saturation> on_saturation;
  std::vector<std::uint64_t> trace;  // see load::Plan
  std::optional<base::Nanoseconds> duration, timeout;
  std::optional<Warmup> warmup;
  std::optional<std::int64_t> requests, connections, max_connections, streams, threads;
  std::optional<bool> keepalive;
  std::optional<std::uint64_t> seed;
  std::optional<bool> templated;     // {{...}} in texts stands for values, see load::Template
  std::optional<NamedText> targets;  // see read_targets; body files are beside it,
  std::optional<std::map<std::string, std::string>> bodies;  // or here, see target_bodies.h
  std::map<std::string, NamedText> data;                     // tables by name, see read_table
  std::optional<std::string> proxy;  // see net::parse_proxy; "none"; absent: the environment's
  std::optional<std::string> no_proxy;
  std::optional<bool> tunnel;
  std::vector<std::string> local_addresses;
  std::optional<std::int64_t> connection_requests;
  std::optional<base::Nanoseconds> connection_age;
  std::optional<double> churn;    // of the connections, each second
  base::Environment environment;  // for proxies and {{env:NAME}}
  Pairs resolve;
  std::vector<std::pair<std::string, std::uint16_t>> connect_to;
  std::string unix_socket;
  Tls tls;
  std::string test_id;  // of the profile
  smp::Mesh mesh;
};

// `over` wins where it says something. Labels are joined; a header replaces those of its name.
Spec overlay(Spec under, const Spec& over);

// Checks every value and fills in the defaults: kDefaultDuration without any limit, POST with a
// body, else GET. Usage errors name the flag to change. A target over gRPC may be asked for the
// description of its services, see grpc_target.h.
base::Result<load::Plan> to_plan(const Spec& spec);

base::Result<std::pair<std::string, std::string>> parse_header(std::string_view text);  // "A: b"
base::Result<std::pair<std::string, std::string>> parse_label(std::string_view text);   // "k=v"
// "host:port:address" as curl has it, the address with or without brackets.
base::Result<std::pair<std::string, std::string>> parse_resolve(std::string_view text);
base::Result<Warmup> parse_warmup(std::string_view text);  // "30s", "auto"
base::Result<double> parse_churn(std::string_view text);   // "5%" is 0.05
// "users=users.csv", or a file alone, whose table is called data.
base::Result<std::pair<std::string, std::string>> parse_data(std::string_view text);
bool is_method(std::string_view text);
base::Result<std::pair<std::string, std::uint16_t>> parse_host_port(std::string_view text);
base::Result<load::Saturation> parse_saturation(std::string_view text);  // "queue", "drop", "fail"
base::Result<load::Protocol> parse_protocol(std::string_view text);      // "1.1", "2"
base::Result<load::Arrival> parse_arrival(std::string_view text);        // "uniform", "poisson"
std::string_view arrival_name(load::Arrival arrival);

}  // namespace weft::perf
