#include "lib/conform/runner.h"

#include <algorithm>
#include <deque>
#include <mutex>
#include <thread>

#include "lib/base/format.h"
#include "lib/base/sha256.h"
#include "lib/base/text.h"
#include "lib/base/version.h"
#include "lib/conform/features.h"
#include "lib/conform/gateway_bundle.h"
#include "lib/conform/schedule.h"
#include "lib/conform/test_run.h"
#include "lib/doc/read.h"

namespace weft::conform {
namespace {

using base::Error;
using base::Result;

constexpr auto kStandardSettle = std::chrono::seconds(30);

// Applications that several suites may share.
struct Place {
  std::string key;  // of the fixture
  SuiteSpec first;  // that has it
  Stage* stage = nullptr;
  bool failed = false;  // one of its tests did
};

struct Job {
  std::size_t suite;
  std::size_t test;  // in its specification
};

struct Prepared {
  const OpenSuite* opened;
  SuiteSpec spec;  // read for the namespace of its stage, once that stands
  Versions versions;
  std::optional<std::size_t> place;  // absent when none of its tests can run
  std::vector<std::optional<Test>> tests;
};

// One run on its way.
class SuitesRun {
 public:
  SuitesRun(Driver& driver, const RunOptions& options) : driver_(driver), options_(options) {}

  Result<void> prepare(const std::vector<OpenSuite>& suites) {
    WEFT_TRY(served, driver_.served());
    std::vector<SuiteSpec> specs;
    for (const OpenSuite& opened : suites) {
      auto reading = read_suite(opened.document);
      if (!reading.problems.empty()) return std::move(reading.problems.front());
      ask_for_aggregated(reading.suite, served);
      specs.push_back(reading.suite);
      if (!bundle_ && reading.suite.standard.starts_with("gateway-api/"))
        bundle_ = installed_bundle(driver_);
      add(opened, std::move(reading.suite), served);
    }
    return driver_.check(specs);
  }

  // Every stage is started by a thread of its own; tests of the first that stands begin at once.
  Result<void> run() {
    std::vector<Slot> slots;
    for (const Job& job : jobs_)
      slots.push_back({*suites_[job.suite].place, spec_of(job).isolation});
    Schedule schedule(std::move(slots), places_.size());
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < places_.size(); ++i)
      threads.emplace_back([this, &schedule, i] { start(schedule, i); });
    for (unsigned i = 0; i < std::max(1u, options_.workers); ++i)
      threads.emplace_back([this, &schedule] { work(schedule); });
    for (std::thread& thread : threads) thread.join();
    if (failure_) return *failure_;
    return {};
  }

  std::vector<std::string> clean() {
    if (options_.on_clean) options_.on_clean(options_.stop.requested());
    std::set<std::string> kept;
    for (const Place& place : places_)
      if (place.stage != nullptr &&
          (options_.keep == Keep::always || (options_.keep == Keep::failed && place.failed)))
        kept.insert(place.stage->ns());
    return driver_.stop(kept);
  }

  void fill_in(Run& run) {
    if (bundle_) {
      run.bundle = bundle_->version;
      run.channel = bundle_->channel;
    }
    for (Prepared& one : suites_) {
      run.suites.push_back(result_of(one));
      for (const TestSpec& test : one.spec.tests) {
        const auto& done = run.suites.back().tests;
        const auto found = std::ranges::find(done, test.id, &Test::id);
        if (test.provisional && found != done.end() && found->verdict == Verdict::pass)
          run.provisional.push_back(test.id);
      }
    }
  }

 private:
  const TestSpec& spec_of(const Job& job) const { return suites_[job.suite].spec.tests[job.test]; }

  // An API server that does not answer serves nothing.
  void ask_for_aggregated(const SuiteSpec& spec, Served& served) {
    for (const ResourceSpec& resource : spec.resources) {
      if (!resource.aggregated || served.contains(resource.group + "/" + resource.kind)) continue;
      const std::string path = "/apis/" + resource.group;
      const auto text = driver_.raw(path);
      const auto group = text.ok() ? doc::read_json(doc::Source(path, *text)) : text.error();
      if (group.ok()) add_aggregated(resource, group->root, served);
    }
  }

  void add(const OpenSuite& opened, SuiteSpec spec, const Served& served) {
    Prepared one{&opened, std::move(spec), {}, {}, {}};
    one.versions = negotiate(one.spec, served, options_.api_version);
    one.tests.resize(one.spec.tests.size());
    std::vector<std::size_t> runnable;
    for (std::size_t i = 0; i < one.spec.tests.size(); ++i) {
      const TestSpec& test = one.spec.tests[i];
      if (!options_.only.empty() && std::ranges::count(options_.only, test.id) == 0) continue;
      std::string why = missing_for(one.spec, test, one.versions);
      if (why.empty() && bundle_) why = missing_in(*bundle_, test);
      if (why.empty())
        runnable.push_back(i);
      else
        one.tests[i] = untried(one.spec, test, Verdict::skip, why);
    }
    if (!runnable.empty()) one.place = place_for(one.spec);
    for (const std::size_t test : runnable) jobs_.push_back({suites_.size(), test});
    suites_.push_back(std::move(one));
  }

  Test untried(const SuiteSpec& suite, const TestSpec& test, Verdict verdict,
               const std::string& why) {
    Test out{.id = test.id, .title = test.title, .capability = test.capability};
    out.level = test.level;
    out.verdict = verdict;
    out.reason = why;
    if (options_.on_test) options_.on_test(suite, out);
    return out;
  }

  std::size_t place_for(const SuiteSpec& spec) {
    std::string key = fixture_key(spec);
    const auto same = std::ranges::find(places_, key, &Place::key);
    const auto index = static_cast<std::size_t>(same - places_.begin());
    if (same == places_.end()) places_.push_back({std::move(key), spec});
    return index;
  }

  void start(Schedule& schedule, std::size_t place) {
    auto stage = driver_.stage(places_[place].first);
    const std::lock_guard lock(mutex_);
    if (!stage.ok()) {
      if (!failure_) failure_ = std::move(stage).error();
      return schedule.end();
    }
    places_[place].stage = *stage;
    for (Prepared& one : suites_)
      if (one.place == place) one.spec = read_suite(one.opened->document, (*stage)->ns()).suite;
    schedule.ready(place);
  }

  void work(Schedule& schedule) {
    while (const auto next = schedule.next()) {
      const Job& job = jobs_[*next];
      if (options_.clock.monotonic() < options_.deadline)
        run_one(job);
      else
        give_up(job);
      schedule.done(*next);
      if (options_.stop.requested()) schedule.end();
    }
  }

  void give_up(const Job& job) {
    const std::lock_guard lock(mutex_);
    Prepared& suite = suites_[job.suite];
    suite.tests[job.test] = untried(suite.spec, spec_of(job), Verdict::error,
                                    "not begun: the time for the whole run was over");
  }

  void run_one(const Job& job) {
    Prepared& suite = suites_[job.suite];
    Place& place = places_[*suite.place];
    if (options_.on_start) {
      const std::lock_guard lock(mutex_);
      options_.on_start(suite.spec, spec_of(job));
    }
    auto outcome =
        run_test({driver_, *place.stage, suite.spec, suite.opened->templates, suite.versions},
                 options_, spec_of(job));
    const std::lock_guard lock(mutex_);
    Test& test = outcome.test;
    place.failed |= test.verdict == Verdict::fail || test.verdict == Verdict::error;
    if (options_.on_evidence && !outcome.lines.empty()) {
      test.evidence =
          Evidence{evidence_bytes_, outcome.lines.size(), base::sha256_hex(outcome.lines)};
      evidence_bytes_ += outcome.lines.size();
      options_.on_evidence(outcome.lines);
    }
    if (options_.on_diagnosis && !outcome.diagnosis.empty())
      options_.on_diagnosis(test, outcome.diagnosis);
    if (options_.on_test) options_.on_test(suite.spec, test);
    suite.tests[job.test] = std::move(test);
  }

  Suite result_of(Prepared& one) const {
    Suite out;
    out.name = one.spec.name;
    out.version = one.spec.version;
    out.sha256 = one.opened->sha256;
    out.standard = one.spec.standard;
    for (std::optional<Test>& test : one.tests) {
      if (!test) continue;
      out.duration_ms += test->duration_ms;
      out.tests.push_back(*std::move(test));
    }
    if (!one.spec.resources.empty()) {
      const ResourceSpec& main = one.spec.resources.front();
      if (const auto version = one.versions.find(main.id); version != one.versions.end()) {
        out.standard_version = version->second;
      } else {
        out.capability = Capability::none;
        out.reason = fmt::format("{} is not served", main.kind);
      }
    }
    prove_features(one.spec, declared_features(one.spec, options_.features), out);
    tally(out);
    const bool whole = out.tests.size() == one.tests.size();
    if (!whole && out.capability == Capability::full) {
      out.capability = Capability::partial;
      out.reason = fmt::format("{} of {} tests were asked for", out.tests.size(), one.tests.size());
    }
    return out;
  }

  Driver& driver_;
  const RunOptions& options_;
  std::deque<Prepared> suites_;
  std::vector<Place> places_;
  std::vector<Job> jobs_;
  std::mutex mutex_;
  std::optional<Error> failure_;
  std::optional<GatewayBundle> bundle_;
  std::uint64_t evidence_bytes_ = 0;
};

}  // namespace

Result<Run> run_suites(Driver& driver, const std::vector<OpenSuite>& suites,
                       const RunOptions& options) {
  Run out;
  out.id = options.id;
  out.started = options.clock.wall();
  out.tool = {"weft", std::string(base::build_info().version), ""};
  out.method = Method{10'000, 100'000, 3};
  if (const auto settle = options.settle_limit * options.timeout_scale; settle > kStandardSettle)
    out.deviations.push_back("settle: " + base::format_duration(settle));
  out.partial = !options.only.empty();
  if (out.partial) out.deviations.push_back("only some tests: " + base::join(options.only, ", "));
  SuitesRun run(driver, options);
  WEFT_CHECK(run.prepare(suites));
  const auto ran = run.run();
  if (ran.ok() && !options.stop.requested()) driver.describe(out);
  const auto leftovers = run.clean();
  out.cleanup = Cleanup{leftovers.empty(), leftovers};
  if (!ran.ok() && !options.stop.requested()) {
    Error error = ran.error();
    if (!leftovers.empty())
      error.remedy += fmt::format("{}left over: {}", error.remedy.empty() ? "" : "; ",
                                  base::join(leftovers, ", "));
    return error;
  }
  run.fill_in(out);
  out.finished = options.clock.wall();
  return out;
}

}  // namespace weft::conform
