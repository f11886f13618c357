#include "lib/smp/hlog.h"

#include <catch2/catch.hpp>

#include "lib/smp/export.h"
#include "lib/smp/import.h"
#include "lib/smp/sample_run.h"
#include "lib/stats/hdr.h"

namespace weft::smp {
namespace {

std::string payload(std::uint64_t ns) {
  stats::Histogram histogram;
  histogram.record(ns, 5);
  return stats::hdr_encode(histogram);
}

base::Result<std::vector<Run>> read(const std::string& text) {
  return import_text(doc::Source("run.hlog", text));
}

TEST_CASE("an interval log of a run holds all its cells") {
  const Run run = sample_run();
  const auto text = export_runs(std::vector{run}, "hlog");
  REQUIRE(text.ok());
  CHECK(text->starts_with("#[Histogram log format version 1.3]\n"));
  const auto runs = read(*text);
  REQUIRE(runs.ok());
  REQUIRE(runs->size() == 1);
  const Run& again = runs->front();
  CHECK(again.origin.format == "hlog");
  REQUIRE(again.intervals.size() == run.intervals.size());
  for (std::size_t i = 0; i < run.intervals.size(); ++i) {
    CHECK(again.intervals[i].latency.cells == run.intervals[i].latency.cells);
    CHECK(again.intervals[i].duration_s == Approx(run.intervals[i].duration_s).margin(0.001));
  }
}

TEST_CASE("stamps count from the start of the log, or from 1970 when they say so") {
  const std::string rows = "\"StartTimestamp\",\"Interval_Length\"\n";
  const auto started = [](const std::string& text) {
    const auto runs = read(text);
    if (!runs.ok()) FAIL(runs.error().message);
    return std::chrono::duration<double>(runs->front().started->time_since_epoch()).count();
  };
  const std::string head = "#[StartTime: 1500000000.500 (seconds since epoch), then]\n" + rows;
  CHECK(started(head + "1.5,1.0,2.0," + payload(7)) == Approx(1500000002.0));
  CHECK(started(head + "1500000010.0,1.0,2.0," + payload(7)) == Approx(1500000010.0));
  CHECK(started("#[StartTime: 5 (x)]\n#[BaseTime: 1400000000.0 (y)]\n2,1,2," + payload(7)) ==
        Approx(1400000002.0));
}

TEST_CASE("every tag of a log is a run") {
  const auto runs = read("#[StartTime: 1500000000 (seconds since epoch)]\n0,1,1," + payload(3) +
                         "\nTag=b,0,1,1," + payload(4) + "\nTag=b,1,1,1," + payload(4) + "\n");
  REQUIRE(runs.ok());
  REQUIRE(runs->size() == 2);
  CHECK(runs->at(0).counts.completed == 5);
  CHECK(runs->at(1).labels.at("tag") == "b");
  CHECK(runs->at(1).counts.completed == 10);
  CHECK(*runs->at(1).actual_qps == Approx(5));
}

TEST_CASE("what is wrong with an interval log is told with its line") {
  const auto error = [](const std::string& line) {
    const auto runs = read("#[StartTime: 1500000000 (x)]\n" + line);
    REQUIRE_FALSE(runs.ok());
    CHECK(runs.error().where.line == 2);
    return runs.error().message;
  };
  CHECK(error("1,2,3") == "an interval has four columns");
  CHECK(error("Tag=a") == "a tag without an interval");
  CHECK(error("-1,2,3,x") == "start and length of an interval are seconds");
  CHECK_FALSE(error("1,2,3,HISTFAAA").empty());
  CHECK_FALSE(read("#[StartTime: 1500000000 (x)]\n").ok());
  CHECK_FALSE(export_runs(std::vector{Run{}}, "hlog").ok());
}

}  // namespace
}  // namespace weft::smp
