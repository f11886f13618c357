// A series of requests from where it runs, one line of JSON for each: what `weft probe` does
// inside a pod or network namespace, told by a plan on its standard input.
//
//   {"schema":"weft.probe-plan/v1","request":{"url":"http://apex:9091/echo"},"count":500,
//    "nonce":"run-7-3"}
//   ->  {"n":0,"nonce":"run-7-3-0","outcome":"http:200","backend":"app-b","us":412}
//       {"heartbeat":1}                          every second, so that a hung prober is seen
//       {"end":true,"sent":500}
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/stop.h"
#include "lib/conform/client.h"
#include "lib/conform/suite.h"

namespace weft::conform {

// What the application said it received; from the answer of /echo.
struct Seen {
  std::string method, path, host, protocol;
  std::uint64_t body_size = 0;
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
};

struct ProbeAnswer {
  std::uint64_t n = 0;
  std::string nonce;
  std::string outcome;
  std::string error;
  std::string backend;  // the application that answered; empty when none said so
  std::uint64_t connection = 0;
  bool reused = false;  // the connection had served a request before
  std::uint64_t body_size = 0;
  std::uint64_t micros = 0;
  std::vector<std::pair<std::string, std::string>> headers;  // with ProbePlan::detail
  std::optional<Seen> seen;                                  // with ProbePlan::detail
  std::optional<TlsSeen> tls;                                // where the prober speaks TLS
};

// Requests go on until this holds, one after the other. With shares, until the last few hundred
// answers are divided like them.
struct ProbeUntil {
  ExpectSpec expect;  // status, denied, backends, headers of the response, shares
  std::vector<std::string> seen;
  std::uint64_t consecutive = 20;
  base::Nanoseconds within = std::chrono::seconds(30);
};

struct ProbePlan {
  RequestSpec request;
  std::uint64_t count = 1;
  std::string nonce;
  std::uint64_t workers = 1;  // at the same time, where no connection is kept
  bool detail = false;
  std::optional<ProbeUntil> until;  // instead of `count`
};

struct ProbeEnd {
  std::uint64_t sent = 0;
  bool settled = false;
  std::uint64_t settle_micros = 0;  // to the first of the answers that met the condition
};

doc::Value plan_to_json(const ProbePlan& plan);
base::Result<ProbePlan> plan_from_json(const doc::Document& document);

// The longest that it may take: every request until its time-out, ten minutes at most.
base::Nanoseconds longest(const ProbePlan& plan);

// `line` is called for every answer, and about once a second; from several threads, never at once.
ProbeEnd run_probe(const ProbePlan& plan, const base::StopFlag& stop,
                   const std::function<void(const std::string& line)>& line);

struct ProbeReport {
  std::vector<ProbeAnswer> answers;  // by number
  ProbeEnd end;
};
// The lines again. An `invalid` error when they do not end as they should: the prober was killed.
base::Result<ProbeReport> read_report(const std::string& lines);

}  // namespace weft::conform
