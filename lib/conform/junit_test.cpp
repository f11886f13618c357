#include <catch2/catch.hpp>

#include "lib/conform/formats.h"

using namespace weft::conform;
using Catch::Contains;

namespace {

Run run_with(Verdict verdict, std::string reason) {
  Test test;
  test.id = "TS-1";
  test.title = "weights";
  test.capability = "split/weights";
  test.verdict = verdict;
  test.reason = std::move(reason);
  test.duration_ms = 1042;
  Suite suite;
  suite.name = "smi-traffic-split";
  suite.standard = "smi/traffic-split";
  suite.tests = {std::move(test)};
  Run run;
  run.id = "r-1";
  run.mesh.name = "my <mesh>";
  run.suites = {std::move(suite)};
  return run;
}

}  // namespace

TEST_CASE("a test that passed is a testcase without a body") {
  const auto xml = junit_xml(run_with(Verdict::pass, ""));
  CHECK_THAT(xml, Contains("<testcase classname=\"smi-traffic-split.split/weights\" "
                           "name=\"TS-1 weights\" time=\"1.042\"/>"));
  CHECK_THAT(xml, Contains("tests=\"1\" failures=\"0\" errors=\"0\" skipped=\"0\""));
}

TEST_CASE("names and reasons cannot break out of the XML") {
  const auto xml = junit_xml(run_with(Verdict::fail, "\"><failure> & \x01"));
  CHECK_THAT(xml, Contains("my &lt;mesh&gt;"));
  CHECK_THAT(xml,
             Contains("<failure type=\"assertion\" message=\"&quot;&gt;&lt;failure&gt; &amp; "));
  CHECK(xml.find('\x01') == std::string::npos);
}

TEST_CASE("what is inconclusive is skipped, and an error where that is asked for") {
  const auto run = run_with(Verdict::inconclusive, "too few requests");
  CHECK_THAT(junit_xml(run), Contains("<skipped message=\"too few requests\"/>"));
  CHECK_THAT(junit_xml(run, true), Contains("<error type=\"inconclusive\""));
  CHECK_THAT(junit_xml(run, true), Contains("errors=\"1\" skipped=\"0\""));
}

TEST_CASE("a skip and an error of the infrastructure are told apart") {
  CHECK_THAT(junit_xml(run_with(Verdict::skip, "not served")), Contains("<skipped message="));
  CHECK_THAT(junit_xml(run_with(Verdict::error, "no pod")), Contains("<error type=\"error\""));
}
