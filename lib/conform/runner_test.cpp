#include "lib/conform/runner.h"

#include <catch2/catch.hpp>
#include <functional>

#include "lib/base/format.h"
#include "lib/doc/read.h"

using namespace weft::conform;
using Catch::Contains;
using weft::base::Error;
using weft::base::ExitCode;
using weft::base::Result;

namespace {

// A driver with one stage, whose answers the test decides.
struct FakeDriver : Driver, Stage {
  Served kinds{{"access.smi-spec.io/TrafficTarget", {"v1alpha3"}},
               {"specs.smi-spec.io/TCPRoute", {"v1alpha4"}},
               {"split.smi-spec.io/TrafficSplit", {"v1alpha4"}}};
  // The answer to the request with that number of that application.
  std::function<ProbeAnswer(const std::string& app, const ProbePlan&, std::uint64_t n)> answer;
  std::function<Result<void>(const weft::kube::Object&)> on_apply;
  std::vector<Arrival> arrived;
  std::vector<std::string> log;
  std::vector<std::uint64_t> counts;
  std::optional<weft::kube::Object> stored;  // whatever is asked for
  bool dies = false;

  Result<Served> served() override { return kinds; }
  std::string ns() const override { return "test"; }
  Result<void> check(const std::vector<SuiteSpec>&) override { return {}; }
  Result<Stage*> stage(const SuiteSpec&) override { return static_cast<Stage*>(this); }
  void describe(Run&) override {}
  Result<void> apply(const weft::kube::Objects& objects) override {
    std::string kinds_of_all;
    for (const auto& object : objects) {
      kinds_of_all += "+" + weft::kube::ref_of(object).kind;
      if (on_apply) WEFT_CHECK(on_apply(object));
    }
    log.push_back(kinds_of_all);
    return {};
  }
  Result<void> remove(const std::vector<weft::kube::Ref>& refs) override {
    std::string kinds_of_all;
    for (const auto& ref : refs) kinds_of_all += "-" + ref.kind;
    log.push_back(kinds_of_all);
    return {};
  }
  Result<std::optional<weft::kube::Object>> get(const weft::kube::Ref&) override { return stored; }
  Result<void> scale(const std::string& app, std::uint64_t replicas) override {
    log.push_back(fmt::format("{}={}", app, replicas));
    return {};
  }
  Result<void> restart(const std::string& app) override {
    log.push_back("restart " + app);
    return {};
  }
  std::string evidence() override { return "logs"; }
  Result<std::string> probe(const std::string& app, const ProbePlan& plan) override {
    if (dies) return std::string("{\"heartbeat\":0}\n");
    std::string lines;
    const std::uint64_t count = plan.until ? 1 : plan.count;
    if (!plan.until) counts.push_back(count);
    for (std::uint64_t n = 0; n < count; ++n) {
      const ProbeAnswer one = answer(app, plan, n);
      lines +=
          fmt::format("{{\"n\":{},\"nonce\":\"{}-{}\",\"outcome\":\"{}\",\"backend\":\"{}\"}}\n", n,
                      plan.nonce, n, one.outcome, one.backend);
    }
    return lines + fmt::format("{{\"end\":true,\"sent\":{},\"settled\":true}}\n", count);
  }
  Result<std::vector<Arrival>> arrivals(const std::string&) override { return arrived; }
  Result<std::string> raw(const std::string&) override { return std::string("{}"); }
  std::vector<std::string> stop(const std::set<std::string>& spaces) override {
    kept = spaces;
    return {};
  }
  std::set<std::string> kept;
};

ProbeAnswer answered(std::string outcome, std::string backend = "") {
  ProbeAnswer out;
  out.outcome = std::move(outcome);
  out.backend = std::move(backend);
  return out;
}

OpenSuite suite_with(const std::string& steps) {
  const std::string text = R"(apiVersion: weft.dev/v1
kind: ConformanceSuite
metadata: {name: mine, version: 1.0.0}
spec:
  standard: smi/traffic-access
  resources:
    - {id: split, group: split.smi-spec.io, kind: TrafficSplit, versions: [v1alpha4]}
  fixture: {apps: [{name: app-a}, {name: app-b}, {name: app-c}]}
  tests:
    - {id: T-1, title: t, requires: {resources: [split]}, steps: [)" +
                           steps + "]}\n";
  return {*weft::doc::read({"mine.yaml", text}), {}, ""};
}

Run run(FakeDriver& driver, const std::string& steps) {
  static const weft::base::StopFlag never;
  const RunOptions options{.clock = weft::base::system_clock(), .stop = never, .id = "r"};
  auto result = run_suites(driver, {suite_with(steps)}, options);
  REQUIRE(result.ok());
  return *std::move(result);
}

Test test_of(FakeDriver& driver, const std::string& steps) {
  return run(driver, steps).suites.at(0).tests.at(0);
}

const std::string kDenied =
    "{probe: {from: app-a, request: {url: 'http://app-b:1/'}, count: 5, expect: {denied: true},"
    " control: {from: app-c}}}";
const std::string kSplit =
    "{probe: {from: app-a, request: {url: 'http://app-b:1/'}, count: auto, expect:"
    " {status: 200, distribution: {shares: {app-b: 0.75, app-c: 0.25}}}}}";

}  // namespace

TEST_CASE("a denial beside a request that succeeds passes") {
  FakeDriver driver;
  driver.answer = [](const std::string& app, const ProbePlan&, std::uint64_t) {
    return app == "app-c" ? answered("http:200", "app-b") : answered("http:403");
  };
  const Test test = test_of(driver, kDenied);
  CHECK(test.verdict == Verdict::pass);
  CHECK(test.observations.at(0).outcomes.at("http:403") == 5);
  CHECK(driver.counts == std::vector<std::uint64_t>{1, 5, 1});
}

TEST_CASE("an outage is an error and never a denial") {
  FakeDriver driver;
  driver.answer = [](const std::string&, const ProbePlan&, std::uint64_t) {
    return answered("refused");
  };
  const Test test = test_of(driver, kDenied);
  CHECK(test.verdict == Verdict::error);
  CHECK_THAT(test.reason, Contains("the control from app-c"));
}

TEST_CASE("a request that was denied and arrived all the same was not denied") {
  FakeDriver driver;
  driver.answer = [](const std::string& app, const ProbePlan&, std::uint64_t) {
    return app == "app-c" ? answered("http:200", "app-b") : answered("reset");
  };
  driver.arrived = {{1, "r.T-1.0.control-before-0", "/"}, {2, "r.T-1.0.1-3", "/"}};
  const Test test = test_of(driver, kDenied);
  CHECK(test.verdict == Verdict::fail);
  CHECK_THAT(test.reason, Contains("1 request reached an application, not 0"));
}

TEST_CASE("a split that stays open is looked at three times, then it is inconclusive") {
  FakeDriver driver;
  driver.answer = [](const std::string&, const ProbePlan&, std::uint64_t n) {
    return answered("http:200", n % 100 < 66 ? "app-b" : "app-c");  // just inside the margin
  };
  const Test test = test_of(driver, kSplit);
  CHECK(test.verdict == Verdict::inconclusive);
  REQUIRE(driver.counts.size() == 3);
  CHECK(driver.counts[1] == driver.counts[0]);
  CHECK(driver.counts[2] == 2 * driver.counts[0]);
  CHECK(test.observations.at(0).shares.at(0).hits > 0);
}

TEST_CASE("a split that is right passes at the first look, one that is wrong fails there") {
  for (const auto& [share, verdict] : {std::pair{75, Verdict::pass}, {50, Verdict::fail}}) {
    FakeDriver driver;
    driver.answer = [share = share](const std::string&, const ProbePlan&, std::uint64_t n) {
      return answered("http:200", static_cast<int>(n * 7 % 100) < share ? "app-b" : "app-c");
    };
    const Test test = test_of(driver, kSplit);
    CHECK(test.verdict == verdict);
    CHECK(driver.counts.size() == 1);
  }
}

TEST_CASE("one wrong answer among hundreds fails") {
  FakeDriver driver;
  driver.answer = [](const std::string&, const ProbePlan&, std::uint64_t n) {
    return n == 17 ? answered("http:503") : answered("http:200", n % 4 != 0 ? "app-b" : "app-c");
  };
  const Test test = test_of(driver, kSplit);
  CHECK(test.verdict == Verdict::fail);
  CHECK_THAT(test.reason, Contains("http:503"));
}

TEST_CASE("a prober that dies is an error, and what was made is removed in reverse") {
  FakeDriver driver;
  driver.dies = true;
  const Test test = test_of(driver,
                            "{service: {name: apex, selectApps: [app-b]}},"
                            "{apply: {id: split, vars: {root: $apex, backends: []}}}," +
                                kSplit);
  CHECK(test.verdict == Verdict::error);
  CHECK(driver.log == std::vector<std::string>{"+Service+TrafficSplit", "-TrafficSplit-Service"});
}

TEST_CASE("an API that refuses an object fails the test") {
  FakeDriver driver;
  driver.on_apply = [](const weft::kube::Object&) -> Result<void> {
    return Error{ExitCode::no, "admission says no"};
  };
  const Test test = test_of(driver, "{apply: {id: split, vars: {root: a, backends: []}}}");
  CHECK(test.verdict == Verdict::fail);
  CHECK_THAT(test.reason, Contains("admission says no"));
}

TEST_CASE("of objects that are applied together the one that is refused is told") {
  FakeDriver driver;
  driver.on_apply = [](const weft::kube::Object& object) -> Result<void> {
    if (weft::kube::ref_of(object).kind == "Service") return {};
    return Error{ExitCode::no, "admission says no"};
  };
  const Test test = test_of(driver,
                            "{service: {name: apex, selectApps: [app-b]}},"
                            "{apply: {id: split, vars: {root: $apex, backends: []}}}");
  REQUIRE(test.observations.size() == 2);
  CHECK(test.observations[0].verdict == Verdict::pass);
  CHECK(test.observations[1].verdict == Verdict::fail);
}

TEST_CASE("the stage of a test that failed is kept where that is asked for, with its diagnosis") {
  for (const auto& [keep, kept] : {std::pair{Keep::failed, true}, {Keep::never, false}}) {
    FakeDriver driver;
    driver.dies = true;
    static const weft::base::StopFlag never;
    RunOptions options{.clock = weft::base::system_clock(), .stop = never, .id = "r"};
    options.keep = keep;
    std::string told;
    options.on_diagnosis = [&](const Test& test, const std::string& text) {
      told = test.id + ": " + text;
    };
    REQUIRE(run_suites(driver,
                       {suite_with("{service: {name: apex, selectApps: [app-b]}}," + kSplit)},
                       options)
                .ok());
    CHECK(told == "T-1: logs");
    CHECK(driver.kept.contains("test") == kept);
    CHECK((driver.log.back() == "-Service") != kept);
  }
}

TEST_CASE("where the raw answers of a test stand is noted in its result") {
  FakeDriver driver;
  driver.answer = [](const std::string&, const ProbePlan&, std::uint64_t n) {
    return answered("http:200", n % 4 != 0 ? "app-b" : "app-c");
  };
  static const weft::base::StopFlag never;
  RunOptions options{.clock = weft::base::system_clock(), .stop = never, .id = "r"};
  std::string evidence;
  options.on_evidence = [&](std::string_view lines) { evidence += lines; };
  const auto result = run_suites(driver, {suite_with(kSplit)}, options);
  REQUIRE(result.ok());
  const Test& test = result->suites.at(0).tests.at(0);
  REQUIRE(test.evidence.has_value());
  CHECK(test.evidence->offset == 0);
  CHECK(test.evidence->bytes == evidence.size());
  CHECK_THAT(evidence, Catch::StartsWith(R"({"test":"T-1","step":0,"from":"app-a"})"));
}

TEST_CASE("what is not served is skipped, and the capability is none") {
  FakeDriver driver;
  driver.kinds.clear();
  const Run result = run(driver, "{apply: {id: split, vars: {root: a, backends: []}}}");
  CHECK(result.suites.at(0).tests.at(0).verdict == Verdict::skip);
  CHECK(result.suites.at(0).capability == Capability::none);
  CHECK(driver.log.empty());
  CHECK(verdict_of(result) == Verdict::skip);
}

TEST_CASE("a test waits for the status of what it applied") {
  FakeDriver driver;
  driver.stored = weft::doc::read({"o",
                                   "status: {parents: [{conditions: [{type: Accepted, status: "
                                   "'True', reason: Accepted}]}]}"})
                      ->root;
  const std::string apply = "{apply: {id: split, vars: {root: a, backends: []}}},";
  CHECK(test_of(driver, apply + "{wait: {id: split, conditions: {Accepted: 'True'}}}").verdict ==
        Verdict::pass);
  const auto other = test_of(
      driver, apply + "{wait: {id: split, reasons: {Accepted: NoMatchingParent}, within: 1ms}}");
  CHECK(other.verdict == Verdict::fail);
  CHECK_THAT(other.reason, Contains("Accepted has the reason Accepted"));
}

TEST_CASE("what a test scales is one pod again when it is over") {
  FakeDriver driver;
  test_of(driver, "{scale: {app: app-b, replicas: 0}}, {restart: {app: app-c}}");
  CHECK(driver.log == std::vector<std::string>{"app-b=0", "restart app-c", "app-b=1"});
}

TEST_CASE("a test with a program is left out unless programs are allowed") {
  FakeDriver driver;
  const auto test = test_of(driver, "{script: {command: [date]}}");
  CHECK(test.verdict == Verdict::skip);
  CHECK_THAT(test.reason, Contains("--allow-script"));
}

TEST_CASE("a test that needs the mesh's authority is skipped where nobody holds it") {
  FakeDriver driver;
  driver.answer = [](auto&, auto&, auto) { return answered("http:200", "app-b"); };
  const Test test = test_of(driver, "{reissue: {app: app-b}}");
  CHECK(test.verdict == Verdict::skip);
  CHECK_THAT(test.reason, Contains("authority"));
}

TEST_CASE("a test that has not begun when the time for the run is over is an error") {
  FakeDriver driver;
  static const weft::base::StopFlag never;
  RunOptions options{.clock = weft::base::system_clock(), .stop = never, .id = "r"};
  options.deadline = options.clock.monotonic();
  const auto result = run_suites(driver, {suite_with(kSplit)}, options);
  REQUIRE(result.ok());
  const Test& test = result->suites.at(0).tests.at(0);
  CHECK(test.verdict == Verdict::error);
  CHECK_THAT(test.reason, Contains("the time for the whole run"));
  CHECK(driver.counts.empty());
}

TEST_CASE("on a slow cluster everything may take longer, and the result says so") {
  FakeDriver driver;
  std::vector<weft::base::Nanoseconds> limits;
  driver.answer = [&](const std::string&, const ProbePlan& plan, std::uint64_t) {
    limits.push_back(plan.request.timeout);
    if (plan.until) limits.push_back(plan.until->within);
    return answered("http:200", "app-b");
  };
  const weft::base::StopFlag never;
  RunOptions options{.clock = weft::base::system_clock(), .stop = never, .id = "r"};
  const auto suite = suite_with(
      "{settle: {from: app-a, request: {url: 'http://app-b:1/', timeout: 2s}, within: 20s}}");
  CHECK(run_suites(driver, {suite}, options)->deviations.empty());
  options.timeout_scale = 3;
  const auto slow = run_suites(driver, {suite}, options);
  REQUIRE(slow.ok());
  CHECK(slow->deviations == std::vector<std::string>{"settle: 1m30s"});
  using namespace std::chrono_literals;
  CHECK(limits == std::vector<weft::base::Nanoseconds>{2s, 20s, 6s, 60s});
}
