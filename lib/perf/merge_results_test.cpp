#include "lib/perf/merge_results.h"

#include <catch2/catch.hpp>

#include "lib/base/file.h"
#include "lib/base/format.h"
#include "lib/doc/write.h"
#include "lib/smp/run_json.h"
#include "lib/testkit/temp_dir.h"

namespace weft::perf {
namespace {

using std::chrono::seconds;

smp::Run worker(int index) {
  smp::Run run;
  run.id = fmt::format("id-{}", index);
  run.name = fmt::format("worker {}", index);
  run.started = base::WallTime(seconds(1'772'366'400));
  run.ended = *run.started + seconds(10);
  run.setup.urls = {"http://shop/"};
  run.generator.reasons = {"late"};
  stats::Histogram latency;
  latency.record(static_cast<std::uint64_t>(index + 1) * 1'000'000, 10);
  run.intervals = {{0, 1, 10, 10, 0, latency.sparse()}};
  run.latency = smp::Distribution::of(std::move(latency));
  run.counts.completed = 10;
  return run;
}

}  // namespace

TEST_CASE("files that are read by several threads are added in their order, cell by cell") {
  const testkit::TempDir folder;
  const Store store{folder.path() + "/results"};
  std::vector<std::string> names, reasons;
  stats::Histogram sum;
  for (int i = 0; i < 40; ++i) {
    const smp::Run run = worker(i);
    sum.merge(*run.latency.histogram);
    names.push_back(fmt::format("w{}.json", i));
    reasons.push_back(run.name + ": late");
    REQUIRE(
        base::write_file(folder.path() + '/' + names.back(), doc::write_json(smp::run_to_json(run)))
            .ok());
  }
  const auto whole = merge_results(store, names, folder.path(), 4);
  REQUIRE(whole.ok());
  CHECK(*whole->latency.histogram == sum);
  CHECK(whole->generator.reasons == reasons);
  REQUIRE(whole->intervals.size() == 1);
  CHECK(whole->intervals[0].latency == sum.sparse());

  names[7] = "w8.json";
  names[20] = "missing.json";
  CHECK(merge_results(store, names, folder.path(), 4).error().message ==
        "worker 8 cannot be merged: it is named twice");
  names[3] = "missing.json";
  CHECK(merge_results(store, names, folder.path(), 4)
            .error()
            .message.starts_with("there is no result and no file missing.json"));
}

}  // namespace weft::perf
