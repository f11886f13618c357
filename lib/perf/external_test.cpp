#include "lib/perf/external.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "lib/base/text.h"
#include "lib/proc/system_runner.h"
#include "lib/proc/tools.h"
#include "lib/serve/service.h"
#include "lib/smp/import.h"
#include "lib/testkit/fake_runner.h"

using namespace weft;
using namespace std::chrono_literals;

namespace {

perf::Spec spec_of(std::string_view rate = {}) {
  perf::Spec spec;
  spec.url = "http://127.0.0.1:8080/a";
  spec.duration = 5s;
  spec.connections = 10;
  spec.threads = 2;
  if (!rate.empty()) spec.rate = *perf::parse_rate(rate);
  return spec;
}

const perf::Engine& engine(std::string_view name) { return **perf::find_engine(name); }

base::Result<proc::Command> command(std::string_view name, const perf::Spec& spec) {
  return perf::command_of(engine(name), spec, *perf::to_plan(spec));
}

std::string words(std::string_view name, const perf::Spec& spec) {
  return base::join(command(name, spec)->argv, " ");
}

constexpr const char* kWrk =
    "Running 5s test @ http://127.0.0.1:8080/a\n"
    "  2 threads and 10 connections\n"
    "  Thread Stats   Avg      Stdev     Max   +/- Stdev\n"
    "    Latency   200.00us  100.00us   3.00ms   90.00%\n"
    "    Req/Sec    25.00k     1.00k   30.00k    70.00%\n"
    "  Latency Distribution\n"
    "     50%  190.00us\n"
    "     75%  220.00us\n"
    "     90%  300.00us\n"
    "     99%  900.00us\n"
    "  250000 requests in 5.00s, 100.00MB read\n"
    "Requests/sec:  50000.00\n"
    "Transfer/sec:     20.00MB\n";

smp::Labels host() { return {{"os", "test"}}; }

}  // namespace

TEST_CASE("an engine gets what it is asked for in its own words") {
  perf::Spec spec = spec_of("1000");
  spec.threads.reset();
  spec.headers = {{"A", "b c"}};
  spec.method = "PUT";
  spec.body = "hi";
  CHECK(words("fortio", spec) ==
        "fortio load -json - -quiet -r 0.00001 -uniform -allow-initial-errors -qps 1000 -t 5s "
        "-c 10 -X PUT -H A: b c -payload hi -timeout 10s http://127.0.0.1:8080/a");
  spec = spec_of("1000");
  CHECK(words("wrk2", spec) ==
        "wrk2 --latency -R 1000 -d 5s -c 10 -t 2 --timeout 10 http://127.0.0.1:8080/a");
  CHECK(words("h2load", spec) ==
        "h2load --h1 --log-file=/dev/stderr --rps=100 -D 5s -c 10 -t 2 -N 10s "
        "http://127.0.0.1:8080/a");
  CHECK(words("nighthawk", spec) ==
        "nighthawk_client --output-format json --open-loop --no-default-failure-predicates "
        "--rps 500 --duration 5 --connections 5 --concurrency 2 --timeout 10 "
        "http://127.0.0.1:8080/a");
  CHECK(words("wrk", spec_of()) ==
        "wrk --latency -d 5s -c 10 -t 2 --timeout 10 http://127.0.0.1:8080/a");
}

TEST_CASE("what an engine has no option for is refused before anything runs") {
  const auto refusal = [](std::string_view name, const perf::Spec& spec) {
    const auto refused = command(name, spec);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().code == base::ExitCode::usage);
    return refused.error().message + "; " + refused.error().remedy;
  };
  CHECK(refusal("wrk", spec_of("1000")) ==
        "wrk has no --qps; weft's own engine has it, and fortio, wrk2, nighthawk, h2load, k6");
  CHECK(refusal("wrk2", spec_of()) ==
        "wrk2 has no --qps max; weft's own engine has it, and fortio, wrk, h2load, k6");
  CHECK(refusal("fortio", spec_of("10..20")) ==
        "fortio has no --qps that changes; weft's own engine has it: leave --engine out");
  perf::Spec spec = spec_of("1000");
  spec.threads.reset();
  spec.arrival = load::Arrival::poisson;
  CHECK(refusal("fortio", spec) ==
        "fortio has no --arrival poisson; weft's own engine has it: leave --engine out");
  spec = spec_of();
  spec.url = "https://shop/";
  CHECK(refusal("wrk", spec) ==
        "wrk has no check of certificates; weft's own engine has it, and fortio, k6");
  spec.tls.insecure = true;
  CHECK(command("wrk", spec).ok());
  spec = spec_of();
  spec.duration = 1500ms;
  CHECK(refusal("wrk", spec) ==
        "wrk takes whole numbers of seconds: --duration 1.5s would be 1.5; change it so that it "
        "comes out whole, or leave --engine out");
}

TEST_CASE("k6 gets a script with everything quoted") {
  perf::Spec spec = spec_of("2.5");
  spec.threads.reset();
  spec.body = "it's \"{}\"\n";
  const auto script = command("k6", spec);
  REQUIRE(script.ok());
  CHECK(base::join(script->argv, " ") == "k6 run --quiet --no-usage-report -");
  CHECK(script->input.find(R"("rate":2500,"timeUnit":"1000s")") != std::string::npos);
  CHECK(script->input.find(R"(http.request("POST", "http://127.0.0.1:8080/a", "it's \"{}\"\n")") !=
        std::string::npos);
}

TEST_CASE("the output of an engine becomes a run that says what to doubt") {
  testkit::FakeRunner runner;
  runner.on("wrk --latency -d 5s -c 10 -t 2 --timeout 10 http://127.0.0.1:8080/a", {.out = kWrk});
  runner.on("wrk -v", {.exit_code = 1, .out = "wrk debian/4.1.0-3 [epoll]\n"});
  base::StopFlag stop;
  perf::Spec spec = spec_of();
  spec.name = "peer";
  const auto run = perf::run_external(engine("wrk"), spec, *perf::to_plan(spec),
                                      {runner, base::system_clock(), stop, host()});
  REQUIRE(run.ok());
  CHECK(run->name == "peer");
  CHECK(run->setup.load_generator == "wrk");
  CHECK(run->setup.load_generator_version == "4.1.0");
  CHECK(run->setup.omission == smp::Omission::uncorrected);
  CHECK(run->counts.completed == 250000u);
  CHECK(run->latency.percentile_ms(99) == Approx(0.9));
  CHECK(run->warnings.front() == engine("wrk").doubt);
}

TEST_CASE("an engine that is missing or fails is an error of that tool") {
  testkit::FakeRunner runner;
  base::StopFlag stop;
  const perf::Spec spec = spec_of();
  const perf::Surroundings around{runner, base::system_clock(), stop, host()};
  const auto missing = perf::run_external(engine("wrk"), spec, *perf::to_plan(spec), around);
  REQUIRE_FALSE(missing.ok());
  CHECK(missing.error().code == base::ExitCode::tool);
  CHECK(missing.error().message == "wrk is not on the PATH");

  runner.on("wrk --latency -d 5s -c 10 -t 2 --timeout 10 http://127.0.0.1:8080/a",
            {.exit_code = 1, .err = "unable to connect to 127.0.0.1:8080 Connection refused\n"});
  const auto failed = perf::run_external(engine("wrk"), spec, *perf::to_plan(spec), around);
  REQUIRE_FALSE(failed.ok());
  CHECK(failed.error().code == base::ExitCode::tool);
  CHECK(failed.error().message == "wrk ended with exit code 1 and without a result");
}

TEST_CASE("every engine has a program that weft knows how to get, and a format that it can read") {
  for (const perf::Engine& one : perf::engines()) {
    CAPTURE(one.name);
    CHECK(std::ranges::count(proc::tools(), one.program, &proc::Tool::program) == 1);
    CHECK(std::ranges::count(smp::import_formats(), one.format, &smp::ImportFormat::name) == 1);
  }
}

TEST_CASE("an unknown engine is told with the nearest name") {
  const auto unknown = perf::find_engine("fortoi");
  REQUIRE_FALSE(unknown.ok());
  CHECK(unknown.error().remedy.find("fortio") != std::string::npos);
}

// What the options mean is for the real programs to say.
TEST_CASE("engines that are on this machine measure a real service") {
  serve::ServiceOptions options;
  options.host = "127.0.0.1";
  const auto service = serve::Service::start(options);
  REQUIRE(service.ok());
  proc::SystemRunner runner(base::Environment::of_process());
  base::StopFlag stop;
  for (const perf::Engine& one : perf::engines()) {
    if (!runner.find(std::string(one.program))) {
      WARN(one.program << " is not on this machine: not run");
      continue;
    }
    CAPTURE(one.name);
    perf::Spec spec = spec_of(one.name == "wrk" ? "max" : "50");
    spec.url = (*service)->url() + "/";
    spec.duration = 1s;
    spec.connections = 2;
    spec.threads.reset();
    const auto run = perf::run_external(one, spec, *perf::to_plan(spec),
                                        {runner, base::system_clock(), stop, host()});
    if (!run.ok()) FAIL(run.error().message << ": " << run.error().cause);
    CHECK(run->counts.completed.value_or(0) >= 40);
    CHECK(run->counts.error_total() == 0);
    CHECK(run->latency.percentile_ms(99).value_or(0) > 0);
    CHECK_FALSE(run->setup.load_generator_version.empty());
  }
}
