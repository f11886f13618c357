// Every real file of other projects that stands beside the checkout: read with the values that an
// independent computation gives (fortio's percentile arithmetic), or refused with a reason.
#include <catch2/catch.hpp>
#include <filesystem>
#include <set>

#include "lib/base/file.h"
#include "lib/smp/import.h"
#include "lib/testkit/paths.h"

namespace weft::smp {

namespace {

// Of the first run of the file, in ms; 0: the file does not say.
struct Expected {
  std::string file;
  std::size_t runs;
  double min, mean, p50, p90, p99, max, qps;
};

const Expected kRead[] = {
    {"getnighthawk/fortio-1.6.8.json", 1, 114.543168, 132.098325614, 158.278651044, 193.497224232,
     282.333333333, 436.206912, 59.9799880886},
    {"getnighthawk/nighthawk-transformed.json", 1, 24.088575, 47.968379, 26.267647, 112.869375,
     148.004863, 148.004863, 4.999999593},
    {"istio-tools/2019-07-10-170128_193ff770_qps_1000_c_1_1024_both.json", 1, 0.840367,
     1.25511505179, 1.14762732497, 1.38949020685, 9.00259606373, 17.098338, 742.17562836},
    {"istio-tools/2019-07-10-170529_193ff770_qps_1000_c_1_1024_base.json", 1, 0.16192,
     0.294995894333, 0.285575945962, 0.34811687006, 0.445307346327, 22.648304, 999.99715515},
    {"istio-tools/2019-07-10-174932_193ff770_qps_1000_c_16_1024_both.json", 1, 1.283961,
     4.8205213041, 4.38029828404, 8.76438871473, 12.2837440422, 26.135779, 999.955292599},
    {"istio-tools/2019-07-10-175333_193ff770_qps_1000_c_16_1024_base.json", 1, 0.143483,
     0.647099907046, 0.629718732629, 0.781001210743, 1.24319537658, 10.262648, 999.992535343},
    {"istio-tools/2019-07-10-181337_193ff770_qps_1000_c_64_1024_both.json", 1, 1.529531,
     14.4256613548, 14.7311327596, 21.7524404383, 27.5715767635, 32.215282, 999.895835705},
    {"istio-tools/2019-07-10-181738_193ff770_qps_1000_c_64_1024_base.json", 1, 0.142545,
     0.875371969721, 0.825116955276, 1.10836194708, 2.25331439394, 9.091499, 999.992580205},
    {"istio-tools/2019-07-10-190015_7c63ca64_qps_1000_c_16_1024_nomixer_both.json", 1, 0.813984,
     2.55383414004, 2.56006474247, 2.96682372083, 3.47892320534, 26.91487, 999.985840342},
    {"mesh-bench-agpl/grpc-baseline-max.json", 1, 0.096477, 2.39814341958, 1.98829003099,
     3.85987850977, 8.70151335188, 167.860223, 13341.4170195},
    {"mesh-bench-agpl/http-baseline-1000.json", 1, 0.067191, 0.297597353005, 0.163109795777,
     0.269323882766, 1.98127360775, 163.404687, 996.002446479},
    {"mesh-bench-agpl/http-cilium-1000.json", 1, 0.07075, 0.332190074894, 0.188142358518,
     0.296858005062, 2.58695014663, 146.153522, 996.71968319},
    {"mesh-bench-agpl/http-istio-1000.json", 1, 0.330519, 0.839859315737, 0.575923924095,
     0.957904741563, 5.78825341267, 247.590331, 993.181717903},
    {"mesh-bench-agpl/http-linkerd-1000.json", 1, 0.183957, 0.639651951413, 0.379356602685,
     0.579123705674, 5.54472467423, 198.487907, 994.641781722},
    {"meshery/list-results-response.json", 1, 311.269901, 472.574225754, 383.823529412, 887.5,
     1191.08142385, 1228.156924, 2.11605953441},
    {"meshery/view-result-response.json", 4, 301.31279, 414.972926137, 340.59451625, 824.285714286,
     1061.54480521, 1227.943723, 2.40976724979},
    {"nighthawk/fortio-0.8.1-real.json", 1, 3.599691, 26.1900517267, 23.1614929786, 43.1190798376,
     91.0810810811, 189.759494, 399.444832425},
    {"nighthawk/fortio-large.json", 1, 0.135935, 0, 0.182039, 0.312623, 0.4970134, 19.186687, 50},
    {"nighthawk/fortio-medium.json", 1, 53.798911, 78.433106, 65.077247, 85.045247, 310.886399,
     310.886399, 27.999993994},
    {"nighthawk/fortio-pedantic-medium.json", 1, 53.798911, 78.433106, 65.077247, 85.045247,
     310.886399, 310.886399, 27.999993994},
    {"nighthawk/fortio-small.json", 1, 55.568383, 0, 60.903423, 68.657151, 84.357119, 84.357119, 1},
    {"smp/dashboard-test-results.json", 3, 334.9775, 386.632898564, 383.333333333, 437.368421053,
     502.17102424, 509.868292, 2.58380997948},
    {"istio-tools/compiled-results-1.2.0.json", 35, 1.333, 0, 8.136, 9.817, 12.088, 17.258, 1000},
    {"istio-tools/istio1.2.cpu.csv", 35, 0, 0, 3.333, 7.53, 11.895, 0, 3000},
    {"istio-tools/istio1.2.latency.csv", 35, 0, 0, 8.027, 9.957, 12.26, 0, 1000},
    {"istio-tools/benchmark-2020.csv", 82, 0, 0, 2.241, 2.839, 3.363, 0, 1000},
    {"istio-tools/dashboard-2020-01.csv", 84, 0, 0, 0.863, 2.776, 4.138, 0, 1000},
};

struct Refused {
  std::string file;
  std::string reason;
};

const Refused kRefused[] = {
    {"smp/benchmark-spec-2019.yaml", "not valid YAML"},
    {"smp/smps-v0.1.0.yaml", "not valid YAML"},
    {"smp/result-2020.yaml", "looks like seconds"},
    {"meshery/list-profiles-response.json", "performance profiles"},
    {"meshery/create-profile-response.json", "performance profile"},
    {"meshery/smp-load-test.yaml", "SMP performance test"},
    {"meshery/smp-soak-test.yaml", "SMP performance test"},
    {"mesh-bench-agpl/cpu-istio-1000.json", "Prometheus range query"},
    {"mesh-bench-agpl/cpu-linkerd-1000.json", "Prometheus range query"},
    {"mesh-bench-agpl/grpc-traefik-max-failed.json", "the fortio run failed"},
    {"nighthawk/output.csv", "report of Nighthawk for people"},
    {"nighthawk/output.json", "no latencies"},
    {"nighthawk/output.yaml", "no latencies"},
};

base::Result<std::vector<Run>> import_file(const std::string& path) {
  WEFT_TRY(text, base::read_file(path));
  return import_text(doc::Source(path, std::move(text)));
}

void check(std::optional<double> actual, double expected) {
  if (expected == 0) {
    CHECK_FALSE(actual);
  } else {
    REQUIRE(actual);
    CHECK(*actual == Approx(expected).epsilon(1e-9));
  }
}

std::optional<std::string> real_files() {
  const auto folder = testkit::realdata("smp");
  if (!folder) WARN("skipped: the real results of other projects are not beside the checkout");
  return folder;
}

Run first_run(const std::string& folder, const std::string& file) {
  auto runs = import_file(folder + "/" + file);
  REQUIRE(runs.ok());
  return runs->front();
}

}  // namespace

TEST_CASE("real results are read with the values their tools computed") {
  const auto folder = real_files();
  if (!folder) return;
  for (const Expected& expected : kRead) {
    INFO(expected.file);
    const auto runs = import_file(*folder + "/" + expected.file);
    if (!runs) FAIL(runs.error().message);
    REQUIRE(runs->size() == expected.runs);
    const Run& run = runs->front();
    check(run.latency.min_ms, expected.min);
    check(run.latency.mean_ms, expected.mean);
    check(run.latency.percentile_ms(50), expected.p50);
    check(run.latency.percentile_ms(90), expected.p90);
    check(run.latency.percentile_ms(99), expected.p99);
    check(run.latency.max_ms, expected.max);
    check(run.actual_qps, expected.qps);
  }
}

TEST_CASE("real files that are not results are refused with what they are") {
  const auto folder = real_files();
  if (!folder) return;
  for (const Refused& refused : kRefused) {
    INFO(refused.file);
    const auto runs = import_file(*folder + "/" + refused.file);
    REQUIRE_FALSE(runs.ok());
    CHECK(runs.error().code == base::ExitCode::input);
    CHECK_THAT(runs.error().message, Catch::Contains(refused.reason));
  }
}

TEST_CASE("no real file is forgotten") {
  const auto folder = real_files();
  if (!folder) return;
  std::set<std::string> known = {"README.md"};
  for (const auto& row : kRead) known.insert(row.file);
  for (const auto& row : kRefused) known.insert(row.file);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(*folder)) {
    const std::string name = std::filesystem::relative(entry.path(), *folder).string();
    if (entry.is_regular_file()) CHECK(known.count(name) == 1);
  }
}

TEST_CASE("start and end of real runs are in UTC, whatever the offset of the file") {
  const auto folder = real_files();
  if (!folder) return;
  const Run run = first_run(*folder, "getnighthawk/fortio-1.6.8.json");
  CHECK(base::format_rfc3339(*run.started) == "2020-09-08T10:59:19.35507Z");
  CHECK(base::format_rfc3339(*run.ended) == "2020-09-08T10:59:24.45677158Z");
  const Run converted = first_run(*folder, "nighthawk/fortio-large.json");
  CHECK(*converted.ended - *converted.started == std::chrono::seconds(30));
}

TEST_CASE("the lost offset of a Meshery dashboard is noticed") {
  const auto folder = real_files();
  if (!folder) return;
  const Run run = first_run(*folder, "smp/dashboard-test-results.json");
  CHECK(base::format_rfc3339(*run.started) == "2022-04-26T14:26:40.358118Z");
  REQUIRE(run.warnings.size() == 1);
  CHECK_THAT(run.warnings.front(), Catch::Contains("off by 5h30m"));
  CHECK(run.mesh.type.empty());
  CHECK(run.environment.kubernetes_version == "v1.22.5");
  REQUIRE(run.environment.nodes.size() == 1);
  CHECK(run.environment.nodes.front().cores == 4);
  CHECK(run.environment.nodes.front().mem_mb == 4124);
}

TEST_CASE("Istio's compiled results carry the resources of the mesh's parts") {
  const auto folder = real_files();
  if (!folder) return;
  const auto runs = import_file(*folder + "/istio-tools/compiled-results-1.2.0.json");
  REQUIRE(runs.ok());
  const auto run = std::find_if(runs->begin(), runs->end(), [](const Run& candidate) {
    return candidate.name == "193ff770_qps_1000_c_16_1024_both";
  });
  REQUIRE(run != runs->end());
  CHECK(run->resources.at("dp").cpu_mcores == 755);
  CHECK(run->resources.at("dp").mem_mb == 63);
  CHECK(run->resources.at("cp").cpu_mcores == 1144);
  CHECK(run->resources.at("cp").mem_mb == 209);
  CHECK(run->resources.at("app").cpu_mcores == 419);
  CHECK(run->mesh.type == "istio");
  CHECK(run->setup.connections == 16);
}

TEST_CASE("errors of real runs are counted by class") {
  const auto folder = real_files();
  if (!folder) return;
  const Run istio = first_run(*folder, "mesh-bench-agpl/http-istio-1000.json");
  CHECK(istio.counts.completed == 893896);
  CHECK(istio.counts.errors == std::map<std::string, std::uint64_t>{{"status", 6}});
  const auto dashboard = import_file(*folder + "/smp/dashboard-test-results.json");
  REQUIRE(dashboard.ok());
  const Run& refused = dashboard->at(1);
  CHECK(refused.counts.completed == 0);
  CHECK(refused.counts.errors.at("socket") == 300);
  CHECK(refused.counts.error_ratio() == 1.0);
  const Run grpc = first_run(*folder, "mesh-bench-agpl/grpc-baseline-max.json");
  CHECK(grpc.setup.protocol == "grpc");
  CHECK(grpc.setup.unthrottled);
  CHECK(grpc.counts.errors.empty());
  CHECK(grpc.counts.statuses.at("SERVING") == 12007352);
}

}  // namespace weft::smp
