#include "lib/perf/crew.h"

#include <catch2/catch.hpp>

#include "lib/doc/read.h"
#include "lib/doc/write.h"
#include "lib/smp/run_json.h"

namespace weft::perf {
namespace {

using namespace std::chrono_literals;

load::Plan plan_of_all() {
  load::Plan plan;
  plan.target.url = {"http", "shop", 80, "/"};
  plan.qps = 100;
  plan.connections = 10;
  plan.max_connections = 100;
  plan.duration = 10s;
  plan.threads = 1;
  plan.seed = 7;
  return plan;
}

smp::Run result_of(unsigned worker, std::uint64_t answers) {
  smp::Run run;
  run.id = "id-" + std::to_string(worker);
  run.started = base::WallTime(1h + worker * 1ms);
  run.ended = *run.started + 10s;
  run.setup.urls = {"http://shop/"};
  run.setup.connections = 5;
  run.counts.completed = answers;
  run.counts.planned = answers;
  stats::Histogram latency;
  for (std::uint64_t i = 0; i < answers; ++i) latency.record(1'000'003 * (worker + 1) + i * 77'777);
  run.intervals = {{0, 10, answers, answers, 0, latency.sparse()}};
  run.latency = smp::Distribution::of(std::move(latency));
  run.generator.verdict = smp::Verdict::valid;
  return run;
}

void pass(Crew& crew, const Message& message) {
  FrameReader reader;
  const std::string text = write_frame(message);
  std::size_t at = 0;
  while (at < text.size()) {
    const auto end = text.find('\n', at);
    if (auto whole = reader.take(std::string_view(text).substr(at, end - at))) crew.take(*whole);
    at = end + 1;
  }
}

TEST_CASE("the parts of a plan hold all connections and are told apart") {
  load::Plan plan = plan_of_all();
  unsigned connections = 0, most = 0;
  for (unsigned i = 0; i < 3; ++i) {
    const auto part = part_of(plan, {i, 3});
    REQUIRE(part.ok());
    CHECK(part->part == load::Part{i, 3});
    CHECK(part->qps == 100);
    CHECK(part->threads == 1);
    connections += part->connections;
    most += part->max_connections;
  }
  CHECK(connections == 10);
  CHECK(most == 100);
  CHECK(part_of(plan, {0, 11}).error().message == "10 connections are too few for 11 workers");
  plan.requests = 2;
  CHECK(part_of(plan, {0, 3}).error().message == "2 requests are too few for 3 workers");
  plan.threads = 8;
  plan.requests.reset();
  CHECK(part_of(plan, {2, 3})->threads == 3);  // as many as the one with the fewest connections
}

TEST_CASE("the result of a crew holds every cell of every worker") {
  Crew crew(3);
  stats::Histogram all;
  for (unsigned i = 0; i < 3; ++i) {
    const smp::Run run = result_of(i, 100 + i);
    all.merge(*run.latency.histogram);
    pass(crew, result_message(i, run));
  }
  CHECK(crew.all_settled());
  Spec spec;
  spec.name = "checkout";
  const auto whole = combine(spec, plan_of_all(), std::move(crew));
  REQUIRE(whole.ok());
  CHECK(*whole->latency.histogram == all);
  CHECK(whole->counts.completed == 303);
  CHECK(whole->name == "checkout");
  CHECK(whole->setup.requested_qps == 100);
  CHECK(whole->setup.connections == 10);
  CHECK(whole->generator.verdict == smp::Verdict::valid);
  CHECK(whole->generator.reasons.empty());
}

TEST_CASE("a missing worker makes the result invalid and is named") {
  Crew crew(2);
  pass(crew, result_message(1, result_of(1, 10)));
  crew.members()[0].gone = "it was killed by signal 9";
  const auto whole = combine({}, plan_of_all(), std::move(crew));
  REQUIRE(whole.ok());
  CHECK(whole->generator.verdict == smp::Verdict::invalid);
  CHECK(whole->generator.reasons ==
        std::vector<std::string>{"worker 1 of 2 gave no result: it was killed by signal 9"});
  CHECK(whole->counts.completed == 10);
}

TEST_CASE("workers that began at different times are suspect") {
  Crew crew(2);
  smp::Run late = result_of(1, 10);
  *late.started += 3s;
  *late.ended += 3s;
  pass(crew, result_message(0, result_of(0, 10)));
  pass(crew, result_message(1, late));
  const auto whole = combine({}, plan_of_all(), std::move(crew));
  REQUIRE(whole.ok());
  CHECK(whole->generator.verdict == smp::Verdict::suspect);
  CHECK(whole->generator.reasons == std::vector<std::string>{"the workers began 3.00 s apart"});
}

TEST_CASE("without any result the error is that of the worker that failed, not of those stopped") {
  Crew crew(3);
  pass(crew, failed_message(0, base::Error{base::ExitCode::interrupted, "was stopped"}));
  pass(crew, failed_message(1, base::Error{base::ExitCode::timeout, "shop did not answer", "ask"}));
  crew.members()[2].gone = "it ended with code 6";
  const auto error = combine({}, plan_of_all(), std::move(crew)).error();
  CHECK(error.code == base::ExitCode::timeout);
  CHECK(error.message == "shop did not answer");
  CHECK(error.remedy == "ask");
  Crew lost(1);
  lost.members()[0].gone = "it was killed by signal 9";
  CHECK(combine({}, plan_of_all(), std::move(lost)).error().cause ==
        "worker 1 of 1 gave no result: it was killed by signal 9");
}

TEST_CASE("what workers say is counted together, and nonsense is kept as a problem") {
  Crew crew(2);
  CHECK_FALSE(crew.all_ready());
  pass(crew, ready_message(0, base::WallTime(5s)));
  pass(crew, ready_message(1, base::WallTime(7s)));
  CHECK(crew.all_ready());
  CHECK(crew.latest_clock() == base::WallTime(7s));
  load::Progress now;
  now.elapsed = 2s;
  now.completed = 10;
  now.p99_ns = 5;
  pass(crew, progress_message(0, now));
  now.p99_ns = 9;
  pass(crew, progress_message(1, now));
  CHECK(crew.progress().completed == 20);
  CHECK(crew.progress().p99_ns == 9);
  CHECK(crew.problems().empty());
  pass(crew, {"result", 1, "{\"schema\": \"other\"}"});
  pass(crew, ready_message(4, base::WallTime(5s)));
  CHECK(crew.problems().size() == 2);
  CHECK_FALSE(crew.any_settled());
}

}  // namespace
}  // namespace weft::perf
