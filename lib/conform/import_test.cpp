#include "lib/conform/import.h"

#include <catch2/catch.hpp>

#include "lib/base/format.h"
#include "lib/conform/formats.h"
#include "lib/conform/matrix.h"
#include "lib/doc/read.h"

namespace weft::conform {
namespace {

constexpr const char* kReport = R"(apiVersion: gateway.networking.k8s.io/v1
date: "2026-03-01T12:00:00Z"
gatewayAPIChannel: standard
gatewayAPIVersion: v1.4.0
implementation:
  contact:
  - '@mesh'
  organization: acme
  project: mesh
  url: https://mesh.example
  version: 1.2.0
kind: ConformanceReport
mode: ambient
profiles:
- core:
    result: partial
    skippedTests:
    - MeshHTTPRouteMatching
    statistics:
      Failed: 0
      Passed: 6
      Skipped: 1
  extended:
    failedTests:
    - MeshPorts
    result: failure
    statistics:
      Failed: 1
      Passed: 2
      Skipped: 0
    supportedFeatures:
    - MeshConsumerRoute
    unsupportedFeatures:
    - MeshClusterIPMatching
  name: MESH-HTTP
  summary: Core tests partially succeeded with 1 test skips. Extended tests failed with 1 test failures.
succeededProvisionalTests:
- MeshHTTPRoute303Redirect
)";

constexpr const char* kRows = R"([{"id":"1","date":"2021-02-01T10:00:00Z","mesh_name":"osm",
  "mesh_version":"0.6.0","cases_passed":"12","passing_percentage":"49.6","status":"completed",
  "more_details":[
   {"smi_specification":"traffic-access","smi_version":"v1alpha3","time":"28.6s","assertions":"7",
    "result":"","reason":"kind not served","capability":"HALF","status":"FAILED"},
   {"smi_specification":"traffic-split","smi_version":"v1alpha2","time":"1m2s","assertions":11,
    "capability":"FULL","status":"PASSED"}]}])";

std::vector<Run> read(std::string text) {
  auto imported = read_runs(doc::Source{"report", std::move(text)});
  if (!imported) FAIL(imported.error().message);
  return std::move(imported->runs);
}

std::string refused(std::string text, const std::string& from = {}, const std::string& to = {}) {
  if (!from.empty()) {
    const auto at = text.find(from);
    REQUIRE(at != std::string::npos);
    text.replace(at, from.size(), to);
  }
  const auto runs = read_runs(doc::Source{"report", std::move(text)});
  REQUIRE_FALSE(runs.ok());
  CHECK(runs.error().code == base::ExitCode::input);
  return runs.error().message;
}

TEST_CASE("a ConformanceReport becomes a result and back, byte for byte") {
  const auto runs = read(kReport);
  REQUIRE(runs.size() == 1);
  const Suite& suite = runs[0].suites.at(0);
  CHECK(runs[0].mesh.name == "mesh");
  CHECK(suite.standard == "gateway-api/MESH-HTTP");
  CHECK(suite.core == Counts{.passed = 6, .skipped = 1});
  CHECK(suite.verdict == Verdict::fail);
  CHECK(suite.capability == Capability::partial);
  const auto written = read(report_yaml(runs[0]));
  CHECK(report_yaml(written[0]) == report_yaml(runs[0]));
  const auto original = doc::read(doc::Source{"original", kReport});
  const auto round = doc::read(doc::Source{"round", report_yaml(runs[0])});
  CHECK(original->root == round->root);
}

TEST_CASE("a report that contradicts itself is refused, and what it should not have") {
  CHECK(refused(kReport, "result: partial", "result: success") ==
        "profiles[0].core.result is success, its statistics say partial");
  CHECK(refused(kReport, "Passed: 6", "Passed: 9000000").find("over 1000000") != std::string::npos);
  CHECK(refused(kReport, "Skipped: 1", "Skipped: -1").find("profiles[0].core.statistics.Skipped") ==
        0);
  CHECK(refused(kReport, "    - MeshPorts\n", "    - MeshPorts\n    - Another\n") ==
        "profiles[0].extended.failedTests names more tests than statistics count");
  CHECK(refused(kReport, "mode: ambient", "modus: ambient") == "unknown key modus");
  CHECK(refused(kReport, "project: mesh", "project: ''") == "implementation.project is empty");
  CHECK(refused(kReport, "k8s.io/v1\n", "k8s.io/v2\n").find("apiVersion must be") == 0);
  CHECK(refused("kind: Pod\n") == "report holds no conformance result");
  CHECK(refused(R"({"payload":"","signatures":[]})") == "report holds no conformance result");
}

TEST_CASE("rows of Meshery become results; how far a failed suite came is not made up") {
  const auto runs = read(kRows);
  REQUIRE(runs.size() == 1);
  CHECK(runs[0].tool.name == "meshery");
  const Suite& access = runs[0].suites.at(0);
  CHECK(access.capability == Capability::partial);
  CHECK(access.verdict == Verdict::fail);
  CHECK(access.core.total() == 0);
  CHECK(access.duration_ms == 28'600);
  CHECK(runs[0].suites.at(1).core == Counts{.passed = 11});
  CHECK(refused(kRows, "\"HALF\"", "\"MOST\"") ==
        "[0].more_details[0].capability must be FULL, HALF or NONE");
  CHECK(refused(kRows, "\"HALF\"", "\"FULL\"") ==
        "[0].more_details[0].status is FAILED, but its capability FULL");
  CHECK(refused(kRows, "\"7\"", "\"seven\"") ==
        "[0].more_details[0].assertions must be a number of assertions");
  CHECK(refused(kRows, "\"mesh_name\"", "\"mesh\"").find("[0]") == 0);
}

TEST_CASE("ids of imports name files, whatever the report says") {
  std::string text = kReport;
  text.replace(text.find("project: mesh"), 13, "project: ../../etc/x y");
  const auto runs = read(text);
  CHECK(runs[0].id.find('/') == std::string::npos);
  CHECK(runs[0].id.front() != '.');
}

// A published report, by its figures.
struct Published {
  std::string api, mesh, version;
  Counts core;
  std::optional<Counts> extended{};
  std::optional<Counts> grpc{};
  std::string profile = "MESH-HTTP";
};

std::string status(const Counts& counts) {
  return fmt::format("{{result: {}, statistics: {{Passed: {}, Skipped: {}, Failed: 0}}}}",
                     counts.skipped > 0 ? "partial" : "success", counts.passed, counts.skipped);
}

std::string report_of(const Published& row) {
  std::string text = fmt::format(
      "apiVersion: gateway.networking.k8s.io/v1\nkind: ConformanceReport\ngatewayAPIVersion: {}\n"
      "implementation: {{organization: o, project: {}, version: '{}', url: u, contact: [c]}}\n"
      "profiles:\n- name: {}\n  core: {}\n",
      row.api, row.mesh, row.version, row.profile, status(row.core));
  if (row.extended) text += "  extended: " + status(*row.extended) + "\n";
  if (row.grpc) text += "- name: MESH-GRPC\n  core: " + status(*row.grpc) + "\n";
  return text + "- name: GATEWAY-HTTP\n  core: " + status({.passed = 33}) + "\n";
}

Counts passed(std::uint64_t count, std::uint64_t skipped = 0) {
  return {.passed = count, .skipped = skipped};
}

// "v1.4.0 cilium@1.19 | MESH-GRPC full 2/2 | MESH-HTTP full 7/7": as the matrix shows them.
std::vector<std::string> lines_of(const Matrix& matrix) {
  std::vector<std::string> lines;
  for (const auto& section : matrix.sections)
    for (const auto& row : section.rows) {
      std::string line = section.title.substr(12) + " " + row.mesh;
      for (std::size_t i = 0; i < row.cells.size(); ++i)
        line += " | " + section.columns[i] + " " + row.cells[i].text;
      lines.push_back(line);
    }
  return lines;
}

TEST_CASE("the published reports of meshes give the table that is known of them") {
  const std::vector<Published> published{
      {"v1.6.1", "cilium", "1.20.0", passed(7), passed(7), passed(2)},
      {"v1.5.0", "cilium", "1.20.0-pre.2", passed(6, 1), passed(6, 1), passed(1, 1)},
      {"v1.5.0", "istio", "1.30.1", passed(7), passed(7)},
      {"v1.4.0", "cilium", "1.19.0-pre.2", passed(7), passed(7), passed(2)},
      {"v1.4.0", "istio", "1.28", passed(7), passed(7)},
      {"v1.3.0", "linkerd", "2.18", passed(7), passed(8), passed(1)},
      {"v1.3.0", "istio", "1.26.1", passed(2), passed(3)},
      {"v1.3.0", "cilium", "main", passed(2), passed(2), passed(1)},
      {"v1.1.0", "cilium", "1.16.0", passed(3), passed(3, 1)},
      {"v1.0.0", "kuma", "2.6.0", passed(2), passed(4)},
      {"v1.0.0", "istio", "1.20", passed(2), passed(3, 1)},
      {"v0.8.0", "kuma", "2.4.1", passed(2)},
      {"v0.7.1", "istio", "PR-46148", passed(2, 1), {}, {}, "MESH"}};
  std::vector<Entry> entries;
  for (const auto& row : published) entries.push_back({read(report_of(row)).at(0)});
  CHECK(lines_of(*matrix_of(entries)) ==
        std::vector<std::string>{
            "v0.7.1 istio@PR-46148 | MESH partial 2/3", "v0.8.0 kuma@2.4.1 | MESH-HTTP full 2/2",
            "v1.0.0 istio@1.20 | MESH-HTTP full 2/2 | MESH-HTTP extended partial 3/4",
            "v1.0.0 kuma@2.6.0 | MESH-HTTP full 2/2 | MESH-HTTP extended full 4/4",
            "v1.1.0 cilium@1.16.0 | MESH-HTTP full 3/3 | MESH-HTTP extended partial 3/4",
            "v1.3.0 cilium@main | MESH-GRPC full 1/1 | MESH-HTTP full 2/2 | MESH-HTTP extended "
            "full 2/2",
            "v1.3.0 istio@1.26.1 | MESH-GRPC untested | MESH-HTTP full 2/2 | MESH-HTTP extended "
            "full 3/3",
            "v1.3.0 linkerd@2.18 | MESH-GRPC full 1/1 | MESH-HTTP full 7/7 | MESH-HTTP extended "
            "full 8/8",
            "v1.4.0 cilium@1.19.0-pre.2 | MESH-GRPC full 2/2 | MESH-HTTP full 7/7 | MESH-HTTP "
            "extended full 7/7",
            "v1.4.0 istio@1.28 | MESH-GRPC untested | MESH-HTTP full 7/7 | MESH-HTTP extended full "
            "7/7",
            "v1.5.0 cilium@1.20.0-pre.2 | MESH-GRPC partial 1/2 | MESH-HTTP partial 6/7 | "
            "MESH-HTTP extended partial 6/7",
            "v1.5.0 istio@1.30.1 | MESH-GRPC untested | MESH-HTTP full 7/7 | MESH-HTTP extended "
            "full 7/7",
            "v1.6.1 cilium@1.20.0 | MESH-GRPC full 2/2 | MESH-HTTP full 7/7 | MESH-HTTP extended "
            "full 7/7"});
}

TEST_CASE("APIs of SMI have a column for each version; an API that is not served is none") {
  Entry ours{{.tool = {.name = "weft"}, .mesh = {.name = "acme", .version = "1"}},
             Signed::verified};
  Suite split{.name = "s", .standard = "smi/traffic-split", .standard_version = "v1alpha10"};
  split.tests = {{.id = "TS-01"}, {.id = "TS-02", .verdict = Verdict::fail, .reason = "60:40"}};
  tally(split);
  Suite access{.name = "a", .standard = "smi/traffic-access", .capability = Capability::none};
  access.reason = "not served";
  ours.run.suites = {split, access};
  const std::vector<Entry> entries{ours, {read(kRows).at(0)}};
  const auto matrix = *matrix_of(entries);
  REQUIRE(matrix.sections.size() == 1);
  const auto& section = matrix.sections[0];
  CHECK(section.columns == std::vector<std::string>{"traffic-access", "traffic-access v1alpha3",
                                                    "traffic-split v1alpha2",
                                                    "traffic-split v1alpha10"});
  CHECK(section.rows[0].cells[0].text == "none");
  CHECK(section.rows[0].cells[1].text == "untested");
  CHECK(section.rows[0].cells[3].text == "partial 1/2");
  CHECK(section.rows[1].cells[1].text == "partial");
  CHECK(section.rows[1].cells[2].text == "full 11/11");
  CHECK(section.remarks.size() == 1);
  const auto text = matrix_markdown(matrix);
  CHECK(text.find("| acme@1 |  | none | untested | untested | partial 1/2 | yes | weft |") !=
        std::string::npos);
}

TEST_CASE("a file cannot make the table grow without bounds; no suite hides another") {
  std::vector<Entry> many;
  for (int i = 0; i < 201; ++i) {
    Entry entry{{.mesh = {.name = "a"}}};
    entry.run.suites = {
        {.name = "x", .standard = "smi/x", .standard_version = fmt::format("v{}", i)}};
    many.push_back(entry);
  }
  CHECK(matrix_of(many).error().message == "results of more than 200 versions of smi");
  Entry twice{{.mesh = {.name = "a"}}};
  twice.run.suites = {{.name = "one", .standard = "smi/x"}, {.name = "two", .standard = "smi/x"}};
  CHECK(matrix_of(std::vector<Entry>{twice})->sections[0].columns ==
        std::vector<std::string>{"x", "x two"});
}

TEST_CASE("what a report says cannot leave its cell in Markdown") {
  Entry entry{{.mesh = {.name = "a|b\n<script>*"}}};
  entry.run.suites = {{.name = "x", .standard = "smi/x|y"}};
  const auto text = matrix_markdown(*matrix_of(std::vector<Entry>{entry}));
  CHECK(text.find("| a\\|b &lt;script>\\* |") != std::string::npos);
  CHECK(text.find("x\\|y") != std::string::npos);
}

}  // namespace
}  // namespace weft::conform
