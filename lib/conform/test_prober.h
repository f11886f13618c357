// The probes of one test: sends what its steps say, and judges the answers and what arrived.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "lib/conform/driver.h"
#include "lib/conform/identity.h"
#include "lib/conform/runner.h"

namespace weft::conform {

class TestProber {
 public:
  TestProber(Stage& stage, const SuiteSpec& suite, const RunOptions& options, std::string test)
      : stage_(stage), suite_(suite), options_(options), test_(std::move(test)) {}

  // `number` is that of the step. What was seen goes into `seen`; errors: the answers could not be
  // had, or a control failed.
  base::Result<void> settle(const SettleStep& step, std::size_t number, Observation& seen);
  base::Result<void> probe(const ProbeStep& step, std::size_t number, Observation& seen);

  // How long changes took until they were live, at most; absent: nothing settled.
  std::optional<std::uint64_t> propagation_ms() const { return propagation_ms_; }
  // Every answer, as lines of JSON.
  std::string take_evidence() { return std::move(evidence_); }

 private:
  std::string nonce() const;
  base::Result<ProbeReport> ask(const std::string& app, const ProbePlan& plan);
  base::Result<void> control(const ControlSpec& control, std::string_view when);
  Workload workload(const std::string& app) const;
  base::Result<RequestSpec> with_certificate(RequestSpec request);
  base::Result<void> send(const ProbeStep& step, Observation& seen);
  void judge_renewal(const ExpectSpec& expect, std::span<const ProbeAnswer> answers,
                     Observation& seen);
  base::Result<void> judge_arrivals(const ExpectSpec& expect, Observation& seen);

  Stage& stage_;
  const SuiteSpec& suite_;
  const RunOptions& options_;
  std::string test_;  // id
  std::string evidence_;
  std::string shown_;       // fingerprint of the certificate seen last
  std::size_t number_ = 0;  // of the step
  std::optional<std::uint64_t> propagation_ms_;
};

// How long a change may take, as limited and scaled by the options.
base::Nanoseconds limited_wait(base::Nanoseconds within, const RunOptions& options);

}  // namespace weft::conform
