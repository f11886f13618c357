#include "lib/conform/test_prober.h"

#include <algorithm>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/conform/judge.h"
#include "lib/conform/outcome.h"

namespace weft::conform {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;

constexpr std::uint64_t kWorkers = 4;        // requests at the same time in long probes
constexpr std::uint64_t kManyRequests = 50;  // from which on that is done

bool needs_detail(const ExpectSpec& expect) {
  return expect.path || expect.method || expect.protocol || expect.body_size || expect.host ||
         expect.location || !expect.headers.empty() || !expect.absent_headers.empty() ||
         !expect.response_headers.empty() || !expect.absent_response_headers.empty() ||
         expect.caller || expect.no_caller;
}

// What the latest answers were like.
std::string last_text(const ExpectSpec& expect, const ProbeReport& report) {
  if (report.answers.empty()) return "nothing";
  const ProbeAnswer& last = report.answers.back();
  constexpr std::size_t kMany = 300;
  if (!expect.shares.empty() && report.answers.size() >= kMany) {
    std::map<std::string, std::size_t> hits;
    for (const ProbeAnswer& one : std::span(report.answers).last(kMany)) ++hits[one.backend];
    std::vector<std::string> parts;
    for (const auto& [app, share] : expect.shares)
      parts.push_back(fmt::format("{} of {} from {}", hits[app], kMany, app));
    return base::join(parts, ", ");
  }
  return last.outcome + (last.backend.empty() ? "" : " from " + last.backend);
}

}  // namespace

base::Nanoseconds limited_wait(base::Nanoseconds within, const RunOptions& options) {
  return std::min(within, options.settle_limit) * options.timeout_scale;
}

Result<void> TestProber::settle(const SettleStep& step, std::size_t number, Observation& seen) {
  number_ = number;
  ProbePlan plan;
  WEFT_TRY(request, with_certificate(step.request));
  plan.request = std::move(request);
  plan.nonce = nonce();
  plan.until =
      ProbeUntil{step.expect, step.seen, step.consecutive, limited_wait(step.within, options_)};
  seen.step = fmt::format("settle from {}", step.from);
  seen.expected =
      fmt::format("{}, {} times in a row", expected_text(step.expect), step.consecutive);
  WEFT_TRY(report, ask(step.from, plan));
  seen.requests = report.answers.size();
  for (const ProbeAnswer& answer : report.answers) ++seen.outcomes[answer.outcome];
  if (report.end.settled) {
    const std::uint64_t ms = report.end.settle_micros / 1000;
    propagation_ms_ = std::max(propagation_ms_.value_or(0), ms);
    seen.observed = fmt::format("live after {} ms", ms);
    return {};
  }
  seen.verdict = Verdict::fail;
  seen.observed = fmt::format("not within {}; last: {}", base::format_duration(plan.until->within),
                              last_text(step.expect, report));
  return {};
}

Result<void> TestProber::probe(const ProbeStep& step, std::size_t number, Observation& seen) {
  number_ = number;
  seen.step = fmt::format("probe from {}", step.from);
  seen.expected = expected_text(step.expect);
  if (!step.control) return send(step, seen);
  WEFT_CHECK(control(*step.control, "before"));
  WEFT_CHECK(send(step, seen));
  return control(*step.control, "after");
}

std::string TestProber::nonce() const {
  return fmt::format("{}.{}.{}", options_.id, test_, number_);
}

Result<ProbeReport> TestProber::ask(const std::string& app, const ProbePlan& plan) {
  ProbePlan patient = plan;
  patient.request.timeout *= options_.timeout_scale;
  WEFT_TRY(lines, stage_.probe(app, patient));
  evidence_ +=
      fmt::format("{{\"test\":\"{}\",\"step\":{},\"from\":\"{}\"}}\n", test_, number_, app) + lines;
  return read_report(lines);
}

// What a denial is worth nothing without.
Result<void> TestProber::control(const ControlSpec& control, std::string_view when) {
  ProbePlan plan;
  plan.request.url = control.url;
  plan.nonce = fmt::format("{}.control-{}", nonce(), when);
  WEFT_TRY(report, ask(control.from, plan));
  const std::string outcome = report.answers.empty() ? "nothing" : report.answers[0].outcome;
  if (outcome == "http:200" || outcome == "grpc:0") return {};
  return Error{ExitCode::invalid,
               fmt::format("the control from {} to {}, {}, ended in {}", control.from, control.url,
                           when, outcome),
               "the denial may be an outage"};
}

Workload TestProber::workload(const std::string& app) const {
  return workload_of(*suite_.fixture.find(app), stage_.ns());
}

// The request with the certificate that it shows. Anybody can make a foreign one.
Result<RequestSpec> TestProber::with_certificate(RequestSpec request) {
  if (!request.shows) return request;
  const Workload of = workload(request.shows->of);
  pki::Issued issued;
  if (request.shows->kind == CertificateKind::foreign) {
    WEFT_TRY(stranger, Authority::make(options_.clock.wall()));
    WEFT_TRY(made, stranger.issue(of, false));
    issued = std::move(made);
  } else {
    WEFT_TRY(made, stage_.certificate(of, request.shows->kind));
    issued = std::move(made);
  }
  request.certificate = std::move(issued.certificate);
  request.key = std::move(issued.key);
  return request;
}

// Notes which certificate was shown, and judges whether it is a new one.
void TestProber::judge_renewal(const ExpectSpec& expect, std::span<const ProbeAnswer> answers,
                               Observation& seen) {
  if (answers.empty() || !answers.back().tls) return;
  const std::string& shown = answers.back().tls->fingerprint;
  if (expect.tls && expect.tls->renewed && shown == shown_ && seen.verdict == Verdict::pass) {
    seen.verdict = Verdict::fail;
    seen.observed = "the certificate is the same as before";
  }
  shown_ = shown;
}

Result<void> TestProber::send(const ProbeStep& step, Observation& seen) {
  const auto test = split_test(step.expect);
  ProbePlan plan;
  WEFT_TRY(request, with_certificate(step.request));
  plan.request = std::move(request);
  plan.detail = needs_detail(step.expect);
  plan.count = step.count > 0 ? step.count : stats::first_look(test);
  plan.workers = plan.count >= kManyRequests ? kWorkers : 1;
  std::vector<ProbeAnswer> answers;
  for (unsigned looks = 1;; ++looks) {
    plan.nonce = fmt::format("{}.{}", nonce(), looks);
    WEFT_TRY(report, ask(step.from, plan));
    std::ranges::move(report.answers, std::back_inserter(answers));
    judge_answers(step.expect, answers, seen);
    const bool again = !step.expect.shares.empty() && step.count == 0 && looks < test.looks &&
                       seen.verdict == Verdict::pass &&
                       judge_shares(step.expect, answers, seen) == stats::ShareVerdict::open;
    if (!again) break;
    plan.count = answers.size();  // each look doubles the total
  }
  if (!step.expect.shares.empty()) {
    judge_answers(step.expect, answers, seen);
    judge_shares(step.expect, answers, seen);
  }
  if (step.expect.kept_open) judge_kept(answers, seen);
  if (step.expect.per_request) judge_granularity(step.expect, answers, seen);
  judge_renewal(step.expect, answers, seen);
  return judge_arrivals(step.expect, seen);
}

// What the applications themselves noted down.
Result<void> TestProber::judge_arrivals(const ExpectSpec& expect, Observation& seen) {
  if (!expect.denied && !expect.server_hits) return {};
  std::uint64_t hits = 0;
  WEFT_TRY(arrived, stage_.arrivals(nonce() + "."));
  for (const Arrival& one : arrived)
    hits += one.nonce.find(".control-") == std::string::npos ? 1 : 0;
  const std::uint64_t wanted = expect.denied ? 0 : *expect.server_hits;
  if (hits == wanted || seen.verdict != Verdict::pass) return {};
  seen.verdict = Verdict::fail;
  seen.observed =
      fmt::format("{} reached an application, not {}", base::plural(hits, "request"), wanted);
  return {};
}

}  // namespace weft::conform
