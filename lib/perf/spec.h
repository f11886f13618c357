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
  std::optional<net::TlsVersion> min_version, max_version;
};

struct Spec {
  std::string name;
  smp::Labels labels;
  std::optional<std::string> url;
  std::optional<std::string> method;
  Pairs headers;
  std::optional<std::string> body;
  std::optional<load::Protocol> protocol;
  std::optional<Rate> rate;
  std::optional<load::Arrival> arrival;
  std::optional<std::int64_t> burst;
  std::vector<std::uint64_t> trace;  // see load::Plan
  std::optional<base::Nanoseconds> duration, warmup, timeout;
  std::optional<std::int64_t> requests, connections, max_connections, streams, threads;
  std::optional<bool> keepalive;
  std::optional<std::uint64_t> seed;
  Pairs resolve;
  std::string unix_socket;
  Tls tls;
  std::string test_id;  // of the profile
  smp::Mesh mesh;
};

// `over` wins where it says something. Labels are joined; a header replaces those of its name.
Spec overlay(Spec under, const Spec& over);

// Checks every value and fills in the defaults: kDefaultDuration without any limit, POST with a
// body, else GET. Usage errors name the flag to change.
base::Result<load::Plan> to_plan(const Spec& spec);

base::Result<std::pair<std::string, std::string>> parse_header(std::string_view text);  // "A: b"
base::Result<std::pair<std::string, std::string>> parse_label(std::string_view text);   // "k=v"
// "host:port:address" as curl has it, the address with or without brackets.
base::Result<std::pair<std::string, std::string>> parse_resolve(std::string_view text);
base::Result<load::Protocol> parse_protocol(std::string_view text);  // "1.1", "2"
base::Result<load::Arrival> parse_arrival(std::string_view text);    // "uniform", "poisson"
std::string_view arrival_name(load::Arrival arrival);

}  // namespace weft::perf
