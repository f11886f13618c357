#include "lib/smp/smp_read.h"

#include <catch2/catch.hpp>

#include "lib/base/file.h"
#include "lib/doc/read.h"
#include "lib/smp/smp_enums.h"
#include "lib/smp/smp_quirks.h"
#include "lib/testkit/paths.h"

namespace weft::smp {
namespace {

base::Result<Run> parse(const std::string& text, const SmpOptions& options = {}) {
  WEFT_TRY(document, doc::read(doc::Source("result.yaml", text)));
  return read_smp_result(document, options);
}

Run run_of(const std::string& text, const SmpOptions& options = {}) {
  auto parsed = parse(text, options);
  if (!parsed.ok()) FAIL(parsed.error().where.text() << ": " << parsed.error().message);
  return *std::move(parsed);
}

bool warns(const Run& run, std::string_view id) {
  for (const auto& warning : run.warnings)
    if (warning.starts_with(id)) return true;
  return false;
}

constexpr const char* kFlat =
    "smps_version: smps/v0.1.0\nstart_time: '2020-01-01T12:00:00Z'\nexp_uuid: u\n"
    "endpoint_url: http://a\nmesh_build: 1.2.3\n"
    "env: {kubernetes: v1.15, node_count: 2, node: {type: n32, cores: 32, mem_mb: 4096}}\n"
    "client: {protocol: http, connections: 20, rps: 99.5,\n"
    "  latencies_ms: {min: 4, average: 20, p50: 22, p90: 29, p99: 40, max: 45}}\n"
    "metrics: {sidecars: {cpu_mCores: 3000, mem_mb: 600, bps: 7}, mesh_control_plane: {cpu_mCores: "
    "5}}\n";

}  // namespace

TEST_CASE("the flat document of 2020 is read with its resources (D0)") {
  const Run run = run_of(kFlat);
  CHECK(run.origin.dialect == "D0");
  CHECK(run.id == "u");
  CHECK(run.actual_qps == 99.5);
  CHECK(run.setup.connections == 20);
  CHECK(run.setup.protocol == "http");
  CHECK(run.latency.percentile_ms(99) == 40.0);
  CHECK(run.latency.max_ms == 45.0);
  CHECK(run.environment.nodes.size() == 2);
  CHECK(run.environment.nodes[1].cores == 32);
  CHECK(run.mesh.version == "1.2.3");
  CHECK(run.resources.at("dp").cpu_mcores == 3000);
  CHECK(run.resources.at("cp").cpu_mcores == 5);
  for (const char* id : {"smp.old-dialect", "smp.bps", "smp.memory-unit", "smp.rate",
                         "smp.six-numbers", "smp.no-counts", "smp.no-mesh"})
    CHECK(warns(run, id));
}

TEST_CASE("protobuf names and protojson give the same run (D1, D2)") {
  const Run yaml = run_of(
      "smp_version: v0.6.1\nid: r\nlabels: {x: y}\nstart_time: 2026-03-01T12:00:00Z\n"
      "latencies_ms: {min: 0.5, average: 1, p50: 0.9, p90: 2, p99: 3, max: 9}\nactual_qps: 100\n"
      "test_id: t\nmesh_config_id: m\nenv_id: e\n");
  const Run json = run_of(
      R"({"smpVersion":"v0.6.1","id":"r","labels":{"x":"y"},"startTime":"2026-03-01T12:00:00Z",)"
      R"("latenciesMs":{"min":0.5,"average":1,"p50":0.9,"p90":2,"p99":3,"max":9},"actualQps":100,)"
      R"("testId":"t","meshConfigId":"m","envId":"e"})");
  CHECK(yaml.origin.dialect == "D1");
  CHECK(json.origin.dialect == "D2");
  for (const Run* run : {&yaml, &json}) {
    CHECK(run->id == "r");
    CHECK(run->labels.at("x") == "y");
    CHECK(run->actual_qps == 100);
    CHECK(run->latency.percentile_ms(50) == 0.9);
    CHECK(run->test_id == "t");
    CHECK(run->mesh_config_id == "m");
    CHECK(run->env_id == "e");
    CHECK(run->started.has_value());
  }
}

TEST_CASE("numbers that look like seconds are refused until the unit is said") {
  const std::string exported =
      "smp_version: test_smp_version\nlatencies_ms: {min: 0.1, average: 0.2, p50: 0.2, max: 1.5}\n"
      "actual_qps: 2\ntest_id: test_test_id\nenv_id: test_envID\n";
  const auto refused = parse(exported);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().message.starts_with("latencies_ms looks like seconds"));
  CHECK(refused.error().where.line == 2);
  const Run run = run_of(exported, {LatencyUnit::seconds});
  CHECK(run.origin.dialect == "D4");
  CHECK(run.latency.max_ms == 1500.0);
  CHECK(run.test_id.empty());
  CHECK(warns(run, "smp.placeholder"));
  CHECK(warns(run, "smp.latency-unit"));
  CHECK(warns(run, "smp.percentile-missing"));
  CHECK(run_of(exported, {LatencyUnit::milliseconds}).latency.max_ms == 1.5);
}

TEST_CASE("what is missing or zero is not known") {
  const Run run = run_of("latencies_ms: {min: 1, average: 2, p50: 1.5, p90: 0, max: 3}\n");
  CHECK_FALSE(run.latency.percentile_ms(90));
  CHECK_FALSE(run.latency.percentile_ms(99));
  CHECK_FALSE(run.actual_qps);
  CHECK(warns(run, "smp.id"));
}

TEST_CASE("wrong results are refused with their place") {
  const auto message = [](const std::string& text) {
    const auto parsed = parse(text);
    REQUIRE_FALSE(parsed.ok());
    CHECK(parsed.error().code == base::ExitCode::input);
    CHECK(parsed.error().where.line >= 1);
    return parsed.error().message;
  };
  CHECK(message("latencies_ms: {p50: fast}") ==
        "latencies_ms.p50 must be a finite number, found string");
  CHECK(message("latencies_ms: {p50: -1}").find("negative") != std::string::npos);
  CHECK(message("latencies_ms: {p50: .nan}").find("finite") != std::string::npos);
  CHECK(message("latencies_ms: {p50: 1}\nactual_qps: -1") == "actual_qps must not be negative");
  CHECK(message("latencies_ms: {p50: 1}\nstart_time: today").find("start_time must be a time") ==
        0);
  CHECK(message("latencies_ms: {p50: 1}\nlatenciesMs: {p50: 1}").find("two spellings") !=
        std::string::npos);
}

TEST_CASE("enum numbers moved by one with v0.3.0") {
  CHECK(mesh_of_number(3, false) == "istio");
  CHECK(mesh_of_number(3, true) == "kuma");
  CHECK(mesh_of_number(12, false) == "cilium_service_mesh");
  CHECK_FALSE(mesh_of_number(9, true));
  CHECK_FALSE(mesh_of_number(13, false));
  CHECK(protocol_of_number(1, true) == "tcp");
  CHECK(protocol_of_number(1, false) == "http");
  CHECK_FALSE(protocol_of_number(-1, false));
}

TEST_CASE("quirks have ids of their own") {
  std::string seen;
  for (const auto& row : smp_quirks()) {
    CHECK(seen.find(std::string(row.id) + " ") == std::string::npos);
    seen += std::string(row.id) + " ";
  }
}

TEST_CASE("the published results read as expected or are refused with their place") {
  const auto folder = testkit::realdata("smp/smp");
  if (!folder) {
    WARN("skipped: no real files beside the checkout");
    return;
  }
  const std::string sample = *base::read_file(*folder + "/result-2020.yaml");
  CHECK(parse(sample).error().message.find("looks like seconds") != std::string::npos);
  const Run run = run_of(sample, {LatencyUnit::seconds});
  CHECK(run.latency.min_ms == Approx(12.007082));
  CHECK(run.latency.mean_ms == Approx(23.581708206));
  CHECK(run.latency.percentile_ms(99) == Approx(55));
  CHECK(run.latency.max_ms == Approx(350.472228));
  CHECK(run.actual_qps == Approx(0.9999971285));
  CHECK(run.environment.kubernetes_version == "v1.15.5");
  CHECK(run.setup.urls.at(0) == "http://192.168.1.15/productpage");
  CHECK(base::format_rfc3339(*run.started) == "2020-03-17T14:53:05.499893378Z");
  for (const auto& [name, line] :
       {std::pair{"/benchmark-spec-2019.yaml", 28u}, {"/smps-v0.1.0.yaml", 39u}}) {
    const auto refused = parse(*base::read_file(*folder + name));
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().where.line == line);
  }
}

}  // namespace weft::smp
