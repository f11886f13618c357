#include "lib/perf/profile_settings.h"

#include <catch2/catch.hpp>

#include "lib/doc/read.h"

namespace weft::perf {
namespace {

base::Result<ProfileSettings> read_text(std::string text) {
  const auto document = doc::read(doc::Source("p.yaml", std::move(text)));
  REQUIRE(document.ok());
  return read_settings(*document);
}

std::string refusal(std::string text) {
  const auto read = read_text(std::move(text));
  return read.ok() ? "" : read.error().message;
}

}  // namespace

TEST_CASE("settings and phases are read by the names of flags") {
  const auto read = read_text(R"(test: {name: x}
weft:
  keepalive: false
  max_connections: 20
  header: ["A: 1", "B: 2"]
  churn: 1.5%
  phases:
  - {qps: 100..200, duration: 10s}
  - {name: hold, qps: 200.5}
)");
  REQUIRE(read.ok());
  std::vector<std::pair<std::string, std::string>> settings;
  for (const Setting& one : read->settings) settings.emplace_back(one.flag, one.value);
  CHECK(settings == std::vector<std::pair<std::string, std::string>>{{"--keepalive", "false"},
                                                                     {"--max-connections", "20"},
                                                                     {"--header", "A: 1"},
                                                                     {"--header", "B: 2"},
                                                                     {"--churn", "1.5%"}});
  CHECK(read->settings[1].position.line == 4);
  REQUIRE(read->phases.size() == 2);
  CHECK(read->phases[0].name == "phase 1");
  CHECK(read->phases[0].settings[0].value == "100..200");
  CHECK(read->phases[1].name == "hold");
  CHECK(read->phases[1].settings[0].value == "200.5");
  CHECK(read_text("test: {weft: {qps: 1}}")->settings.size() == 1);
  CHECK(read_text("name: x")->settings.empty());
}

TEST_CASE("commands have sections of their own") {
  const auto read = read_text("weft: {qps: 1, search: {slo: p99<9ms}, compare: {runs: 5}}");
  REQUIRE(read.ok());
  CHECK(read->settings.size() == 1);
  REQUIRE(read->commands.size() == 2);
  CHECK(read->commands.find("search")->second[0].flag == "--slo");
  CHECK(read->commands.find("search")->second[0].value == "p99<9ms");
  CHECK(read->commands.find("compare")->second[0].value == "5");
}

TEST_CASE("what is no setting is refused") {
  CHECK(refusal("weft: {curve: 3}") == "curve must be a map of flags of weft perf curve");
  CHECK(refusal("weft: {compar: {a: 1}}") ==
        "compar must be text, a number, true or false (did you mean compare?)");
  CHECK(refusal("weft: 3") == "weft must be a map of flags of weft perf run");
  CHECK(refusal("weft: {qps: {a: 1}}") == "qps must be text, a number, true or false");
  CHECK(refusal("weft: {header: [[a]]}") == "header must be text, a number, true or false");
  CHECK(refusal("weft: {phases: []}") == "phases must be a list of 1 to 1000 maps");
  CHECK(refusal("weft: {phases: [a]}") == "a phase must be a map of flags");
  CHECK(refusal("weft: {phases: [{name: 3}]}") == "the name of a phase must be text");
  CHECK(refusal("weft: {phases: [{name: a}, {name: a}]}") == "two phases are named a");
}

}  // namespace weft::perf
