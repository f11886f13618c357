#include "lib/perf/results.h"

#include <catch2/catch.hpp>

#include "lib/base/file.h"
#include "lib/doc/write.h"
#include "lib/perf/imports.h"
#include "lib/smp/run_json.h"
#include "lib/testkit/temp_dir.h"

using weft::perf::find_run;
using weft::perf::load_result;
using weft::perf::Store;
using weft::testkit::TempDir;

namespace {

weft::smp::Run named(std::string id, std::string name) {
  weft::smp::Run run;
  run.id = std::move(id);
  run.name = std::move(name);
  run.origin.format = "weft";
  run.setup.urls = {"http://127.0.0.1/"};
  run.counts.completed = 10;
  run.actual_qps = 100;
  weft::stats::Histogram histogram;
  histogram.record(1'000'000, 10);
  run.latency = weft::smp::Distribution::of(std::move(histogram));
  return run;
}

struct Filled {
  TempDir folder;
  Store store{folder.path() + "/results"};

  Filled() {
    for (auto run :
         {named("20260301-120000-aaaaaa", "baseline"), named("20260302-120000-bbbbbb", "baseline"),
          named("20260303-120000-cccccc", "istio")})
      REQUIRE(weft::perf::save_run(store, run).ok());
  }
  std::optional<std::string> find(std::string_view selector) const {
    return find_run(store, selector).value();
  }
};

}  // namespace

TEST_CASE("a result is found by id, unique beginning, name and age") {
  const Filled filled;
  CHECK(filled.find("20260301-120000-aaaaaa") == "20260301-120000-aaaaaa");
  CHECK(filled.find("20260302") == "20260302-120000-bbbbbb");
  CHECK(filled.find("baseline") == "20260302-120000-bbbbbb");
  CHECK(filled.find("latest") == "20260303-120000-cccccc");
  CHECK(filled.find("latest~2") == "20260301-120000-aaaaaa");
  CHECK_FALSE(filled.find("nothing"));
  CHECK_FALSE(filled.find("./baseline"));
  CHECK_FALSE(filled.find(""));
}

TEST_CASE("an ambiguous beginning and an age beyond the oldest are errors that help") {
  const Filled filled;
  const auto ambiguous = find_run(filled.store, "202603");
  REQUIRE_FALSE(ambiguous.ok());
  CHECK(ambiguous.error().message == "'202603' fits 3 results");
  const auto beyond = find_run(filled.store, "latest~3");
  REQUIRE_FALSE(beyond.ok());
  CHECK(beyond.error().message == "there is no latest~3: only 3 results stored");
  const auto typo = weft::perf::require_run(filled.store, "isito");
  REQUIRE_FALSE(typo.ok());
  CHECK(typo.error().code == weft::base::ExitCode::input);
  CHECK_THAT(typo.error().message, Catch::Contains("istio"));
}

TEST_CASE("what was saved is loaded again, with a URI of the full document") {
  const Filled filled;
  const auto run = load_result(filled.store, "istio", "");
  REQUIRE(run.ok());
  CHECK(run->latency.percentile_ms(50) == Approx(1.0).epsilon(0.001));
  CHECK(run->details_uri == "file://" + filled.store.path("20260303-120000-cccccc", "run.json"));
}

TEST_CASE("a broken result is listed as broken and hides no other") {
  const Filled filled;
  const std::string path = filled.store.path("20260302-120000-bbbbbb", "run.json");
  for (const char* text : {"", "{", "[]", "{\"schema\": \"other\"}", "null", "\xff\xfe"}) {
    REQUIRE(weft::base::write_file(path, text).ok());
    const auto entries = list_runs(filled.store);
    REQUIRE(entries.size() == 3);
    CHECK(entries[0].run);
    CHECK_FALSE(entries[1].run);
    CHECK_FALSE(entries[1].broken.empty());
    CHECK(filled.find("baseline") == "20260301-120000-aaaaaa");
    CHECK_FALSE(load_result(filled.store, "latest~1", "").ok());
  }
}

TEST_CASE("a file can stand for a result, and is refused by name when it is none") {
  const Filled filled;
  const std::string copy = filled.folder.path() + "/copy.json";
  const auto text = filled.store.read("20260301-120000-aaaaaa", weft::perf::kRunFile);
  REQUIRE(weft::base::write_file(copy, *text).ok());
  CHECK(load_result(filled.store, copy, "").value().name == "baseline");
  CHECK(load_result(filled.store, "copy.json", filled.folder.path()).value().name == "baseline");
  REQUIRE(weft::base::write_file(copy, "not a result").ok());
  CHECK(load_result(filled.store, copy, "").error().code == weft::base::ExitCode::input);
  CHECK_FALSE(load_result(filled.store, "missing.json", filled.folder.path()).ok());
}

TEST_CASE("one run of a file that holds several is named by its number") {
  const Filled filled;
  const std::string pair = filled.folder.path() + "/pair.json";
  std::string text;
  for (const char* id : {"20260301-120000-aaaaaa", "20260303-120000-cccccc"}) {
    const auto run = weft::perf::load_run(filled.store, id);
    text += weft::doc::write_json(weft::smp::run_to_json(*run), 0) + '\n';
  }
  REQUIRE(weft::base::write_file(pair, text).ok());
  CHECK(load_result(filled.store, pair + "#1", "").value().name == "baseline");
  CHECK(load_result(filled.store, "pair.json#2", filled.folder.path()).value().name == "istio");
  for (const char* number : {"", "#0", "#3", "#x"}) {
    const auto refused = load_result(filled.store, pair + number, "");
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().code == weft::base::ExitCode::input);
  }
}

TEST_CASE("imported runs get ids of their own, ours keep theirs, and all are stored or none") {
  const Filled filled;
  const auto now = weft::base::parse_rfc3339("2026-04-01T00:00:00Z").value();
  auto foreign = named("../../etc", "fortio");
  foreign.origin.format = "fortio";
  std::vector<weft::smp::Run> runs{foreign, named("20250101-000000-dddddd", "old")};
  REQUIRE(save_imported(filled.store, runs, now).ok());
  CHECK(runs[0].id.starts_with("20260401-000000-"));
  CHECK(filled.find("latest") == runs[0].id);
  CHECK(filled.find("latest~4") == "20250101-000000-dddddd");

  std::vector<weft::smp::Run> again{foreign, named("20250101-000000-dddddd", "old")};
  CHECK_FALSE(save_imported(filled.store, again, now).ok());
  CHECK(filled.store.ids().size() == 5);
}

TEST_CASE("a stored run stays small: slices are joined and nothing is lost") {
  const TempDir folder;
  const Store store(folder.path());
  auto run = named("20260101-000000-aaaaaa", "long");
  for (int i = 0; i < 240; ++i) {
    weft::stats::Histogram slice;
    for (std::uint64_t k = 0; k < 1500; ++k)  // scattered, so that it does not compress
      slice.record(100'000 + (k + 1500 * std::uint64_t(i)) * 2'654'435'761u % 9'000'000);
    run.intervals.push_back({i * 15.0, 15.0, 1500, 1500, 1, slice.sparse()});
  }
  REQUIRE(weft::perf::save_run(store, run).ok());
  CHECK(store.read(run.id, "run.json").value().size() < 200'000);
  const auto loaded = weft::perf::load_run(store, run.id);
  REQUIRE(loaded.ok());
  CHECK(loaded->intervals.size() >= 30);
  CHECK(loaded->intervals.size() < 240);
  std::uint64_t completed = 0, errors = 0, counted = 0;
  for (const auto& interval : loaded->intervals) {
    completed += interval.completed;
    errors += interval.errors;
    counted += interval.latency.count;
  }
  CHECK(completed == 240 * 1500);
  CHECK(counted == 240 * 1500);
  CHECK(errors == 240);
  CHECK(loaded->intervals.back().start_s + loaded->intervals.back().duration_s == Approx(3600));
}
