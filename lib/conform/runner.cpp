#include "lib/conform/runner.h"

#include <algorithm>
#include <set>
#include <thread>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/base/version.h"
#include "lib/conform/features.h"
#include "lib/conform/judge.h"
#include "lib/conform/outcome.h"
#include "lib/doc/read.h"

namespace weft::conform {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;

constexpr auto kPoll = std::chrono::milliseconds(200);
constexpr std::uint64_t kWorkers = 4;        // requests at the same time in long probes
constexpr std::uint64_t kManyRequests = 50;  // from which on that is done

std::uint64_t ms_since(const base::Clock& clock, base::MonoTime start) {
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(clock.monotonic() - start).count());
}

bool needs_detail(const ExpectSpec& expect) {
  return expect.path || expect.method || expect.host || expect.location ||
         !expect.headers.empty() || !expect.absent_headers.empty() ||
         !expect.response_headers.empty() || !expect.absent_response_headers.empty();
}

// The worse of two: what fails is told before what could not be found out.
Verdict worse(Verdict a, Verdict b) {
  constexpr std::array<Verdict, 5> kOrder = {Verdict::pass, Verdict::skip, Verdict::inconclusive,
                                             Verdict::fail, Verdict::error};
  const auto place = [&](Verdict v) { return std::ranges::find(kOrder, v); };
  return place(a) < place(b) ? b : a;
}

// Where an answer of the API server is found; see RawStep.
std::string path_of(const RawStep& step, const SuiteSpec& suite, const Versions& versions) {
  if (step.resource.empty()) return step.path;
  const ResourceSpec& resource = *suite.find(step.resource);
  return fmt::format("/apis/{}/{}{}", resource.group, versions.at(resource.id), step.path);
}

bool has_script(const TestSpec& test) {
  return std::ranges::any_of(test.steps, [](const StepSpec& step) {
    return std::holds_alternative<ScriptStep>(step.action);
  });
}

// One test on its way: runs steps, keeps what must be removed, fills in the result.
class TestRun {
 public:
  TestRun(Driver& driver, const SuiteSpec& suite, const Templates& templates,
          const Versions& versions, const RunOptions& options, const TestSpec& spec)
      : driver_(driver),
        suite_(suite),
        templates_(templates),
        versions_(versions),
        options_(options),
        spec_(spec) {}

  Test run() {
    const auto began = options_.clock.monotonic();
    out_.id = spec_.id;
    out_.title = spec_.title;
    out_.capability = spec_.capability;
    out_.level = spec_.level;
    out_.reason = missing_for(suite_, spec_, versions_);
    if (out_.reason.empty() && has_script(spec_) && !options_.script)
      out_.reason = "it runs a program, which is not allowed without --allow-script";
    if (out_.reason.empty()) {
      run_steps();
      remove_all();
    } else {
      out_.verdict = Verdict::skip;
    }
    out_.duration_ms = ms_since(options_.clock, began);
    return std::move(out_);
  }

 private:
  void run_steps() {
    for (const StepSpec& step : spec_.steps) {
      if (options_.stop.requested()) return end(Verdict::error, "interrupted");
      const auto began = options_.clock.monotonic();
      Observation seen;
      const auto done =
          std::visit([&](const auto& action) { return act(action, seen); }, step.action);
      ++number_;
      seen.duration_ms = ms_since(options_.clock, began);
      if (!done.ok()) {
        const bool refused = done.error().code == ExitCode::no;
        seen.verdict = refused ? Verdict::fail : Verdict::error;
        seen.observed =
            done.error().message + (done.error().cause.empty() ? "" : ": " + done.error().cause);
      }
      const Verdict verdict = seen.verdict;
      const std::string why = fmt::format("{}: {}", seen.step, seen.observed);
      out_.observations.push_back(std::move(seen));
      if (verdict != Verdict::pass) end(verdict, why);
      if (verdict == Verdict::fail || verdict == Verdict::error) return;
    }
  }

  void end(Verdict verdict, std::string reason) {
    if (worse(out_.verdict, verdict) == out_.verdict && out_.verdict != Verdict::pass) return;
    out_.verdict = verdict;
    out_.reason = std::move(reason);
  }

  std::string nonce() const { return fmt::format("{}.{}.{}", options_.id, spec_.id, number_); }

  Result<void> put(kube::Object object, Observation& seen) {
    const kube::Ref ref = kube::ref_of(object);
    seen.step = "apply " + ref.text();
    seen.expected = "accepted";
    // Noted before it is made: an apply that fails half-way may have made it.
    if (std::ranges::count(made_, ref) == 0) made_.push_back(ref);
    WEFT_CHECK(driver_.apply(object));
    seen.observed = "accepted";
    return {};
  }

  Result<void> act(const ServiceStep& step, Observation& seen) {
    return put(service_object(suite_, step, driver_.ns()), seen);
  }

  Result<void> act(const ApplyStep& step, Observation& seen) {
    seen.step = "apply " + step.name;
    WEFT_TRY(object,
             render(templates_, {suite_.find(step.resource)->form, versions_.at(step.resource),
                                 step.name, driver_.ns(), step.vars}));
    return put(std::move(object), seen);
  }

  Result<void> act(const DeleteStep& step, Observation& seen) {
    seen.step = "delete " + step.name;
    seen.expected = "gone";
    const auto made = std::ranges::find(made_, step.name, &kube::Ref::name);
    if (made == made_.end()) return Error{ExitCode::bug, step.name + " was not made"};
    WEFT_CHECK(driver_.remove(*made));
    made_.erase(made);
    seen.observed = "gone";
    return {};
  }

  Result<ProbeReport> probe(const std::string& app, const ProbePlan& plan) {
    WEFT_TRY(lines, driver_.probe(app, plan));
    return read_report(lines);
  }

  Result<void> act(const SettleStep& step, Observation& seen) {
    ProbePlan plan;
    plan.request = step.request;
    plan.nonce = nonce();
    plan.until = ProbeUntil{step.expect, step.seen, step.consecutive,
                            std::min(step.within, options_.settle_limit)};
    seen.step = fmt::format("settle from {}", step.from);
    seen.expected =
        fmt::format("{}, {} times in a row", expected_text(step.expect), step.consecutive);
    WEFT_TRY(report, probe(step.from, plan));
    seen.requests = report.answers.size();
    for (const ProbeAnswer& answer : report.answers) ++seen.outcomes[answer.outcome];
    if (report.end.settled) {
      const std::uint64_t ms = report.end.settle_micros / 1000;
      out_.propagation_ms = std::max(out_.propagation_ms.value_or(0), ms);
      seen.observed = fmt::format("live after {} ms", ms);
      return {};
    }
    seen.verdict = Verdict::fail;
    seen.observed =
        fmt::format("not within {}; last: {}", base::format_duration(plan.until->within),
                    report.answers.empty() ? "nothing" : last_text(report));
    return {};
  }

  static std::string last_text(const ProbeReport& report) {
    const ProbeAnswer& last = report.answers.back();
    return last.outcome + (last.backend.empty() ? "" : " from " + last.backend);
  }

  Result<void> act(const ProbeStep& step, Observation& seen) {
    seen.step = fmt::format("probe from {}", step.from);
    seen.expected = expected_text(step.expect);
    if (!step.control) return send(step, seen);
    WEFT_CHECK(control(*step.control, "before"));
    WEFT_CHECK(send(step, seen));
    return control(*step.control, "after");
  }

  // What a denial is worth nothing without.
  Result<void> control(const ControlSpec& control, std::string_view when) {
    ProbePlan plan;
    plan.request.url = control.url;
    plan.nonce = fmt::format("{}.control-{}", nonce(), when);
    WEFT_TRY(report, probe(control.from, plan));
    const std::string outcome = report.answers.empty() ? "nothing" : report.answers[0].outcome;
    if (outcome == "http:200") return {};
    return Error{ExitCode::invalid,
                 fmt::format("the control from {} to {}, {}, ended in {}", control.from,
                             control.url, when, outcome),
                 "the denial may be an outage"};
  }

  Result<void> send(const ProbeStep& step, Observation& seen) {
    const auto test = split_test(step.expect);
    ProbePlan plan;
    plan.request = step.request;
    plan.detail = needs_detail(step.expect);
    plan.count = step.count > 0 ? step.count : stats::first_look(test);
    plan.workers = plan.count >= kManyRequests ? kWorkers : 1;
    std::vector<ProbeAnswer> answers;
    for (unsigned looks = 1;; ++looks) {
      plan.nonce = fmt::format("{}.{}", nonce(), looks);
      WEFT_TRY(report, probe(step.from, plan));
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
    if (step.expect.per_request) judge_granularity(step.expect, answers, seen);
    return judge_arrivals(step.expect, seen);
  }

  // What the applications themselves noted down.
  Result<void> judge_arrivals(const ExpectSpec& expect, Observation& seen) {
    if (!expect.denied && !expect.server_hits) return {};
    std::uint64_t hits = 0;
    for (const AppSpec& app : suite_.fixture.apps) {
      WEFT_TRY(arrived, driver_.arrivals(app.name, nonce() + "."));
      for (const Arrival& one : arrived)
        hits += one.nonce.find(".control-") == std::string::npos ? 1 : 0;
    }
    const std::uint64_t wanted = expect.denied ? 0 : *expect.server_hits;
    if (hits == wanted || seen.verdict != Verdict::pass) return {};
    seen.verdict = Verdict::fail;
    seen.observed =
        fmt::format("{} reached an application, not {}", base::plural(hits, "request"), wanted);
    return {};
  }

  // Looks again and again until nothing is missing, or the time is over.
  template <typename Look>
  Result<void> poll(base::Nanoseconds within, Observation& seen, Look look) {
    const auto deadline = options_.clock.monotonic() + within;
    for (;;) {
      WEFT_TRY(missing, look());
      seen.observed = missing.empty() ? "as expected" : missing;
      seen.verdict = missing.empty() ? Verdict::pass : Verdict::fail;
      if (missing.empty() || options_.stop.requested()) return {};
      if (options_.clock.monotonic() + kPoll > deadline) return {};
      std::this_thread::sleep_for(kPoll);
    }
  }

  Result<void> act(const RawStep& step, Observation& seen) {
    const std::string path = path_of(step, suite_, versions_);
    seen.step = "get " + path;
    return poll(step.within, seen, [&]() -> Result<std::string> {
      WEFT_TRY(text, driver_.raw(path));
      WEFT_TRY(document, doc::read_json(doc::Source(path, text)));
      return missing_in(step, document.root);
    });
  }

  Result<void> act(const WaitStep& step, Observation& seen) {
    seen.step = "wait for " + step.name;
    const auto made = std::ranges::find(made_, step.name, &kube::Ref::name);
    if (made == made_.end()) return Error{ExitCode::bug, step.name + " was not made"};
    return poll(step.within, seen, [&]() -> Result<std::string> {
      WEFT_TRY(object, driver_.get(*made));
      return object ? missing_in(step, *object) : "it does not exist";
    });
  }

  Result<void> act(const ScaleStep& step, Observation& seen) {
    seen.step = fmt::format("scale {} to {}", step.app, step.replicas);
    scaled_.insert(step.app);
    WEFT_CHECK(driver_.scale(step.app, step.replicas));
    seen.observed = "ready";
    return {};
  }

  Result<void> act(const RestartStep& step, Observation& seen) {
    seen.step = "restart " + step.app;
    WEFT_CHECK(driver_.restart(step.app));
    seen.observed = "ready";
    return {};
  }

  Result<void> act(const ScriptStep& step, Observation& seen) {
    seen.step = "run " + base::join(step.command, " ");
    WEFT_CHECK(options_.script(step));
    seen.observed = "ended with 0";
    return {};
  }

  // In reverse order; what cannot be removed makes the test an error.
  void remove_all() {
    for (const std::string& app : scaled_)
      if (const auto back = driver_.scale(app, 1); !back.ok())
        end(Verdict::error, back.error().message);
    while (!made_.empty()) {
      const auto removed = driver_.remove(made_.back());
      if (!removed.ok())
        end(Verdict::error,
            fmt::format("{} is left over: {}", made_.back().text(), removed.error().message));
      made_.pop_back();
    }
  }

  Driver& driver_;
  const SuiteSpec& suite_;
  const Templates& templates_;
  const Versions& versions_;
  const RunOptions& options_;
  const TestSpec& spec_;
  std::vector<kube::Ref> made_;
  std::set<std::string> scaled_;  // applications
  std::size_t number_ = 0;        // of the step
  Test out_;
};

Result<Suite> run_suite(Driver& driver, const OpenSuite& opened, const Served& served,
                        const RunOptions& options, std::vector<std::string>& provisional) {
  const auto began = options.clock.monotonic();
  auto reading = read_suite(opened.document, driver.ns());
  if (!reading.problems.empty()) return std::move(reading.problems.front());
  const SuiteSpec& spec = reading.suite;
  const Versions versions = negotiate(spec, served, options.api_version);
  Suite out;
  out.name = spec.name;
  out.version = spec.version;
  out.sha256 = opened.sha256;
  out.standard = spec.standard;
  if (!spec.resources.empty() && versions.contains(spec.resources.front().id))
    out.standard_version = versions.at(spec.resources.front().id);
  else
    out.capability = Capability::none;
  WEFT_CHECK(driver.start(spec));
  for (const TestSpec& test : spec.tests) {
    if (!options.only.empty() && std::ranges::count(options.only, test.id) == 0) continue;
    if (options.on_start) options.on_start(spec, test);
    out.tests.push_back(TestRun(driver, spec, opened.templates, versions, options, test).run());
    if (options.on_test) options.on_test(spec, out.tests.back());
    if (options.stop.requested()) break;
  }
  if (out.capability == Capability::none)
    out.reason = fmt::format("{} is not served", spec.resources.front().kind);
  prove_features(spec, declared_features(spec, options.features), out);
  for (const TestSpec& test : spec.tests) {
    const auto done = std::ranges::find(out.tests, test.id, &Test::id);
    if (test.provisional && done != out.tests.end() && done->verdict == Verdict::pass)
      provisional.push_back(test.id);
  }
  tally(out);
  out.duration_ms = ms_since(options.clock, began);
  return out;
}

}  // namespace

Result<Run> run_suites(Driver& driver, const std::vector<OpenSuite>& suites,
                       const RunOptions& options) {
  Run out;
  out.id = options.id;
  out.started = options.clock.wall();
  out.tool = {"weft", std::string(base::build_info().version), ""};
  out.method = Method{10'000, 100'000, 3};
  if (options.settle_limit > std::chrono::seconds(30))
    out.deviations.push_back("settle: " + base::format_duration(options.settle_limit));
  if (!options.only.empty())
    out.deviations.push_back("only some tests: " + base::join(options.only, ", "));
  WEFT_TRY(served, driver.served());
  std::optional<Error> failure;
  for (const OpenSuite& opened : suites) {
    auto suite = run_suite(driver, opened, served, options, out.provisional);
    if (suite.ok())
      out.suites.push_back(*std::move(suite));
    else
      failure = std::move(suite).error();
    if (failure || options.stop.requested()) break;
  }
  const auto leftovers = driver.stop();
  out.cleanup = Cleanup{leftovers.empty(), leftovers};
  if (failure) return *std::move(failure);
  out.finished = options.clock.wall();
  return out;
}

}  // namespace weft::conform
