#include "lib/serve/fault.h"

#include <catch2/catch.hpp>
#include <string>

using namespace std::chrono_literals;
using weft::serve::Abort;
using weft::serve::draw_faults;
using weft::serve::Faults;
using weft::serve::FaultSource;
using weft::serve::Random;
using weft::serve::read_faults;

namespace {

Faults faults_of(std::string_view text, FaultSource source = FaultSource::header) {
  Faults faults;
  const auto problem = read_faults(text, source, faults);
  INFO(text);
  REQUIRE_FALSE(problem);
  return faults;
}

std::string problem_of(std::string_view text, FaultSource source = FaultSource::header) {
  Faults faults;
  const auto problem = read_faults(text, source, faults);
  return problem ? problem->parameter : "";
}

}  // namespace

TEST_CASE("a fixed delay is always the same") {
  const auto law = faults_of("delay=5ms").delay->value;
  CHECK(law.at(0) == 5ms);
  CHECK(law.at(0.999) == 5ms);
}

TEST_CASE("a range of delays is uniform") {
  const auto law = faults_of("delay=50ms..100ms").delay->value;
  CHECK(law.at(0) == 50ms);
  CHECK(law.at(0.5) == 75ms);
}

TEST_CASE("delays by quantiles meet each of them and are log-linear between") {
  const auto law = faults_of("delay=p50:2ms,p90:8ms,p100:40ms").delay->value;
  CHECK(law.at(0.2) == 2ms);
  CHECK(law.at(0.5) == 2ms);
  CHECK(law.at(0.7) == 4ms);  // the geometric mean of 2 and 8, half way
  CHECK(law.at(0.9) == 8ms);
  CHECK(law.at(0.999999) < 40ms);
}

TEST_CASE("drawn delays have the quantiles asked for") {
  const auto faults = faults_of("delay=p50:2ms,p99:40ms");
  Random random(7);
  int above_median = 0;
  int at_top = 0;
  constexpr int kDraws = 20'000;
  for (int i = 0; i < kDraws; ++i) {
    const auto delay = draw_faults(faults, random).delay;
    CHECK((delay >= 2ms && delay <= 40ms));
    above_median += delay > 2ms ? 1 : 0;
    at_top += delay == 40ms ? 1 : 0;
  }
  CHECK(above_median == Approx(kDraws * 0.50).epsilon(0.05));
  CHECK(at_top == Approx(kDraws * 0.01).epsilon(0.3));
}

TEST_CASE("a chance strikes that share of the requests") {
  const auto faults = faults_of("status=503@10%; hang@0%; abort=eof@100%");
  Random random(3);
  int struck = 0;
  constexpr int kDraws = 20'000;
  for (int i = 0; i < kDraws; ++i) {
    const auto draw = draw_faults(faults, random);
    struck += draw.status == 503 ? 1 : 0;
    CHECK_FALSE(draw.hang);
    CHECK(draw.abort == Abort::eof);
  }
  CHECK(struck == Approx(kDraws * 0.10).epsilon(0.1));
}

TEST_CASE("statuses are drawn by weight") {
  const auto faults = faults_of("codes=500:90,200:10,404:0");
  Random random(3);
  int failed = 0;
  for (int i = 0; i < 10'000; ++i) {
    const auto status = draw_faults(faults, random).status;
    CHECK((status == 500 || status == 200));
    failed += status == 500 ? 1 : 0;
  }
  CHECK(failed == Approx(9000).epsilon(0.05));
}

TEST_CASE("faults are separated in every usual way") {
  for (const char* text :
       {"delay=p50:2ms,p99:40ms;size=16KiB;hang", "size=16KiB&hang&delay=p50:2ms,p99:40ms",
        "delay=p50:2ms,p99:40ms,size=16KiB,hang",
        " hang ; size = 16KiB ;delay= p50:2ms , p99:40ms "}) {
    const Faults faults = faults_of(text);
    INFO(text);
    CHECK(faults.delay->value.points.size() == 2);
    CHECK(faults.size->value == 16384);
    CHECK(faults.hang);
  }
  CHECK(faults_of("status-sequence=503,503,200,delay=1ms").status_sequence ==
        std::vector{503, 503, 200});
}

TEST_CASE("a query is decoded, and its other parameters are left alone") {
  const Faults faults = faults_of(
      "user=a,delay=9ms&delay=p50%3A2ms%2Cp99:40ms&status=503%4010%25&flag&=x", FaultSource::query);
  CHECK(faults.delay->value.points.size() == 2);
  CHECK(faults.status->probability == Approx(0.1));
  CHECK(problem_of("unknown=1", FaultSource::query).empty());
  CHECK(problem_of("delay=x", FaultSource::query) == "delay");
}

TEST_CASE("a bad value names its parameter") {
  for (const char* value :
       {"", "5", "-5ms", "2h", "5ms..", "9ms..5ms", "p50", "p50:x", "p101:5ms", "p50:5ms,p50:6ms",
        "p50:5ms,p60:4ms", "5ms@", "5ms@10", "5ms@-1%", "5ms@101%", "5ms@x%"})
    CHECK(problem_of("delay=" + std::string(value)) == "delay");
  for (const char* value :
       {"", "abc", "99", "100", "600", "503,", "500:x", "500:-1", "500:0", "500:1e300"})
    CHECK(problem_of("status=" + std::string(value)) == "status");
  CHECK(problem_of("size=2GiB") == "size");
  CHECK(problem_of("size=-1") == "size");
  CHECK(problem_of("slow-body=1KiB") == "slow-body");
  CHECK(problem_of("slow-body=0/s") == "slow-body");
  CHECK(problem_of("abort=maybe") == "abort");
  CHECK(problem_of("hang=yes") == "hang");
  CHECK(problem_of("trailers=yes") == "trailers");
  CHECK(problem_of("status-sequence=503@5%") == "status-sequence");
  CHECK(problem_of("dealy=5ms") == "dealy");
}
