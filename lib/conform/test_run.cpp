#include "lib/conform/test_run.h"

#include <algorithm>
#include <array>
#include <set>
#include <thread>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/conform/identity.h"
#include "lib/conform/judge.h"
#include "lib/conform/test_prober.h"
#include "lib/doc/read.h"
#include "lib/doc/write.h"

namespace weft::conform {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;

constexpr auto kPoll = std::chrono::milliseconds(200);
std::uint64_t ms_since(const base::Clock& clock, base::MonoTime start) {
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(clock.monotonic() - start).count());
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
  TestRun(const Scene& scene, const RunOptions& options, const TestSpec& spec)
      : driver_(scene.driver),
        stage_(scene.stage),
        suite_(scene.suite),
        templates_(scene.templates),
        versions_(scene.versions),
        options_(options),
        spec_(spec),
        prober_(scene.stage, scene.suite, options, spec.id) {}

  TestOutcome run() {
    const auto began = options_.clock.monotonic();
    out_.id = spec_.id;
    out_.title = spec_.title;
    out_.capability = spec_.capability;
    out_.level = spec_.level;
    out_.reason = missing_for(suite_, spec_, versions_);
    if (out_.reason.empty() && has_script(spec_) && !options_.script)
      out_.reason = "it runs a program, which is not allowed without --allow-script";
    if (out_.reason.empty() && needs_authority(spec_) && !stage_.has_authority())
      out_.reason = "needs certificates of the mesh's own authority, whose key is not at hand";
    if (out_.reason.empty()) {
      run_steps();
      const bool bad = out_.verdict == Verdict::fail || out_.verdict == Verdict::error;
      if (bad && !options_.stop.requested()) whole_.diagnosis = stage_.evidence();
      remove_all();
    } else {
      out_.verdict = Verdict::skip;
    }
    out_.propagation_ms = prober_.propagation_ms();
    whole_.lines = prober_.take_evidence();
    out_.duration_ms = ms_since(options_.clock, began);
    return std::move(whole_);
  }

 private:
  void run_steps() {
    for (std::size_t i = 0; i < spec_.steps.size(); ++i) {
      if (options_.stop.requested()) return end(Verdict::error, "interrupted");
      const auto began = options_.clock.monotonic();
      Observation seen;
      auto done = put_ahead(i);
      if (done.ok())
        done = std::visit([&](const auto& action) { return act(action, seen); },
                          spec_.steps[i].action);
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

  // The object that a step applies, if it is one that does.
  Result<std::optional<kube::Object>> object_of(const StepSpec& step) const {
    if (const auto* service = std::get_if<ServiceStep>(&step.action))
      return std::optional(service_object(suite_, *service, stage_.ns()));
    const auto* apply = std::get_if<ApplyStep>(&step.action);
    if (apply == nullptr) return std::optional<kube::Object>();
    WEFT_TRY(object,
             render(templates_, {suite_.find(apply->resource)->form, versions_.at(apply->resource),
                                 apply->name, stage_.ns(), apply->vars}));
    return std::optional(std::move(object));
  }

  // Applies what this step and those right behind it apply, all in one go. What is refused then is
  // found out by the steps themselves, one by one.
  Result<void> put_ahead(std::size_t first) {
    if (first < ahead_) return {};
    kube::Objects objects;
    for (ahead_ = first; ahead_ < spec_.steps.size(); ++ahead_) {
      WEFT_TRY(object, object_of(spec_.steps[ahead_]));
      if (!object) break;
      // Noted before they are made: an apply that fails half-way may have made them.
      const kube::Ref ref = kube::ref_of(*object);
      if (std::ranges::count(made_, ref) == 0) made_.push_back(ref);
      objects.push_back(*std::move(object));
    }
    if (ahead_ == first) return {};
    const auto applied = stage_.apply(objects);
    put_ = applied.ok();
    if (!applied.ok() && applied.error().code != ExitCode::no) return applied.error();
    return {};
  }

  Result<void> put(const StepSpec& step, Observation& seen) {
    WEFT_TRY(object, object_of(step));
    seen.step = "apply " + kube::ref_of(*object).text();
    seen.expected = "accepted";
    if (!put_) WEFT_CHECK(stage_.apply({*object}));
    seen.observed = "accepted";
    return {};
  }

  Result<void> act(const ServiceStep&, Observation& seen) {
    return put(spec_.steps[number_], seen);
  }
  Result<void> act(const ApplyStep&, Observation& seen) { return put(spec_.steps[number_], seen); }

  Result<void> act(const DeleteStep& step, Observation& seen) {
    seen.step = "delete " + step.name;
    seen.expected = "gone";
    const auto made = std::ranges::find(made_, step.name, &kube::Ref::name);
    if (made == made_.end()) return Error{ExitCode::bug, step.name + " was not made"};
    WEFT_CHECK(stage_.remove({*made}));
    made_.erase(made);
    seen.observed = "gone";
    return {};
  }

  Workload workload(const std::string& app) const {
    return workload_of(*suite_.fixture.find(app), stage_.ns());
  }

  Result<void> act(const SettleStep& step, Observation& seen) {
    return prober_.settle(step, number_, seen);
  }
  Result<void> act(const ProbeStep& step, Observation& seen) {
    return prober_.probe(step, number_, seen);
  }

  Result<void> act(const ReissueStep& step, Observation& seen) {
    seen.step = "reissue the certificate of " + step.app;
    seen.expected = "done";
    reissued_.insert(step.app);
    WEFT_CHECK(stage_.reissue(step.app, workload(step.certificate.of), step.certificate.kind));
    seen.observed = "done";
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
    // Metrics are told after a window, which may be as long as changes take.
    return poll(std::min(step.within, 2 * options_.settle_limit) * options_.timeout_scale, seen,
                [&]() -> Result<std::string> {
                  WEFT_TRY(text, stage_.raw(path));
                  WEFT_TRY(document, doc::read_json(doc::Source(path, text)));
                  return missing_in(step, document.root);
                });
  }

  Result<void> act(const WaitStep& step, Observation& seen) {
    seen.step = "wait for " + step.name;
    const auto made = std::ranges::find(made_, step.name, &kube::Ref::name);
    if (made == made_.end()) return Error{ExitCode::bug, step.name + " was not made"};
    return poll(limited_wait(step.within, options_), seen, [&]() -> Result<std::string> {
      WEFT_TRY(object, stage_.get(*made));
      return object ? missing_in(step, *object) : "it does not exist";
    });
  }

  Result<void> act(const ScaleStep& step, Observation& seen) {
    seen.step = fmt::format("scale {} to {}", step.app, step.replicas);
    scaled_.insert(step.app);
    WEFT_CHECK(stage_.scale(step.app, step.replicas));
    seen.observed = "ready";
    return {};
  }

  Result<void> act(const RestartStep& step, Observation& seen) {
    seen.step = "restart " + step.app;
    WEFT_CHECK(stage_.restart(step.app));
    seen.observed = "ready";
    return {};
  }

  Result<void> act(const ScriptStep& step, Observation& seen) {
    seen.step = "run " + base::join(step.command, " ");
    WEFT_CHECK(options_.script(step));
    seen.observed = "ended with 0";
    return {};
  }

  // In reverse order; what cannot be removed makes the test an error. After an interrupt the whole
  // stage is removed anyway.
  void remove_all() {
    const bool bad = out_.verdict == Verdict::fail || out_.verdict == Verdict::error;
    if (options_.stop.requested()) return;
    if (options_.keep == Keep::always || (options_.keep == Keep::failed && bad)) return;
    for (const std::string& app : reissued_)
      if (const auto done = stage_.reissue(app, workload(app), CertificateKind::valid); !done.ok())
        end(Verdict::error, app + " keeps a wrong certificate: " + done.error().message);
    for (const std::string& app : scaled_)
      if (const auto back = stage_.scale(app, 1); !back.ok())
        end(Verdict::error, back.error().message);
    if (made_.empty()) return;
    std::ranges::reverse(made_);
    const auto removed = stage_.remove(made_);
    if (!removed.ok())
      end(Verdict::error, "something of the test is left over: " + removed.error().message);
  }

  Driver& driver_;
  Stage& stage_;
  const SuiteSpec& suite_;
  const Templates& templates_;
  const Versions& versions_;
  const RunOptions& options_;
  const TestSpec& spec_;
  std::vector<kube::Ref> made_;
  std::set<std::string> scaled_;  // applications
  std::set<std::string> reissued_;
  std::size_t number_ = 0;  // of the step
  std::size_t ahead_ = 0;   // steps before this one are applied
  bool put_ = false;        // and were accepted all together
  TestOutcome whole_;
  Test& out_ = whole_.test;
  TestProber prober_;
};

}  // namespace

TestOutcome run_test(const Scene& scene, const RunOptions& options, const TestSpec& spec) {
  return TestRun(scene, options, spec).run();
}

}  // namespace weft::conform
