// Vectors computed by hand in exact arithmetic; those named after Istio 1.2.0 use published
// measurements, read from the original file when it is there.
#include "lib/smp/meshmark.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>
#include <random>

#include "lib/base/file.h"
#include "lib/base/text.h"
#include "lib/doc/read.h"
#include "lib/smp/import.h"
#include "lib/smp/meshmark_input.h"
#include "lib/testkit/paths.h"

namespace weft::smp {
namespace {

Mue value(const std::string& id, double m, double weight = 0) {
  return {.id = id, .kind = MueKind::ratio, .inputs = {m, 0}, .weight = weight};
}

Mue of(const std::string& id, MueKind kind, double first, double second, double weight = 0) {
  return {.id = id, .kind = kind, .inputs = {first, second}, .weight = weight};
}

MeshMark scored(const MeshMarkInput& input) {
  const auto mark = score(input);
  INFO((mark.ok() ? "" : mark.error().message));
  REQUIRE(mark.ok());
  return mark.value();
}

void check_vector(const MeshMark& mark, std::vector<double> classes, double expected,
                  double literal = 0) {
  REQUIRE(mark.classes.size() == classes.size());
  for (std::size_t i = 0; i < classes.size(); ++i)
    CHECK(mark.classes[i].value == Approx(classes[i]).margin(1e-11));
  CHECK(mark.score == Approx(expected).margin(1e-9));
  CHECK(mark.literal == Approx(literal).margin(1e-9));
}

MeshMarkInput three_classes(std::array<double, 6> w) {
  return {
      .classes = {{"resource", {value("cpu", 0.70, w[0]), value("mem", 0.85, w[1])}},
                  {"latency",
                   {value("p50", 0.80, w[2]), value("p90", 0.60, w[3]), value("p99", 0.40, w[4])}},
                  {"throughput", {value("rps", 0.95, w[5])}}}};
}

// Sixteen connections at 1000 requests per second unless said; milli-cores, MB, microseconds.
struct Measured {
  const char* labels;
  double cpu_dp, mem_dp, cpu_cp, mem_cp, p50, p90, p99, rps, cpu_app;
};
constexpr Measured kBoth{
    "193ff770_qps_1000_c_16_1024_both", 755, 63, 1144, 209, 4380, 8764, 12283, 1000, 419};
constexpr Measured kServer{
    "193ff770_qps_1000_c_16_1024_serveronly", 279, 62, 506, 184, 2056, 2802, 7327, 1000, 0};
constexpr Measured kNoMixer{
    "7c63ca64_qps_1000_c_16_1024_nomixer_both", 383, 70, 36, 139, 2560, 2966, 3478, 1000, 392};
constexpr Measured kNoMixerServer{
    "7c63ca64_qps_1000_c_16_1024_nomixer_serveronly", 127, 70, 37, 138, 1358, 1690, 2117, 1000, 0};
constexpr Measured kBase{
    "193ff770_qps_1000_c_16_1024_base", 4, 64, 68, 228, 629, 781, 1243, 1000, 0};
constexpr Measured kBoth64{
    "193ff770_qps_1000_c_64_1024_both", 649, 68, 1099, 221, 14731, 21752, 27571, 1000, 0};
constexpr Measured kBase64{
    "193ff770_qps_1000_c_64_1024_base", 0, 0, 0, 0, 825, 1108, 2253, 1000, 0};
constexpr Measured kBoth1{
    "193ff770_qps_1000_c_1_1024_both", 664, 57, 795, 163, 1147, 1389, 9002, 742, 0};
constexpr Measured kBase1{"193ff770_qps_1000_c_1_1024_base", 0, 0, 0, 0, 285, 348, 445, 1000, 0};

Run run_of(const Measured& measured) {
  Run run;
  run.setup.requested_qps = 1000;
  run.actual_qps = measured.rps;
  run.counts.completed = 240'000;
  run.latency.percentiles_ms = {
      {50, measured.p50 / 1e3}, {90, measured.p90 / 1e3}, {99, measured.p99 / 1e3}};
  return run;
}

Resources resources_of(const Measured& measured) {
  return {{"dp", {measured.cpu_dp, 4000, measured.mem_dp, 2048}},
          {"cp", {measured.cpu_cp, 4000, measured.mem_cp, 4096}},
          {"app", {.cpu_mcores = measured.cpu_app}}};
}

MeshMarkInput input_of(const Measured& measured, const Measured& base,
                       MeshMarkMethod method = MeshMarkMethod::headroom) {
  const Run run = run_of(measured), baseline = run_of(base);
  return meshmark_of(run, &baseline, resources_of(measured), method);
}

void check_istio(const Measured& measured, const Measured& base, std::vector<double> classes,
                 double expected) {
  const auto mark = scored(input_of(measured, base));
  check_vector(mark, std::move(classes), expected);
  CHECK_FALSE(mark.partial);
  CHECK(mark.used == 9);
}

MeshMarkInput random_input(std::mt19937_64& random, bool zero_sum = false) {
  std::uniform_real_distribution<double> unit(0, 1), tilt(-0.5, 0.5);
  MeshMarkInput input;
  for (std::size_t c = 0; c <= random() % 4; ++c) {
    MueClass group{.name = "class" + std::to_string(c)};
    for (std::size_t i = 0; i <= random() % 5; ++i)
      group.mues.push_back(value("mue" + std::to_string(i), unit(random), tilt(random)));
    if (zero_sum) {
      double mean = 0;
      for (auto& mue : group.mues) mean += mue.weight / static_cast<double>(group.mues.size());
      for (auto& mue : group.mues) mue.weight = (mue.weight - mean) / 2;
    }
    input.classes.push_back(std::move(group));
  }
  return input;
}

std::string refusal(const Mue& mue) {
  const auto mark = score({.classes = {{"class", {mue}}}});
  REQUIRE_FALSE(mark.ok());
  CHECK(mark.error().code == base::ExitCode::input);
  CHECK_FALSE(mark.error().remedy.empty());
  return mark.error().message;
}

}  // namespace

TEST_CASE("MeshMark vectors E1 to E3: weights tilt within a class") {
  const auto plain = scored(three_classes({0, 0, 0, 0, 0, 0}));
  check_vector(plain, {0.775, 0.6, 0.95}, 77.5);
  CHECK(plain.mue_total == Approx(2.55).margin(1e-12));
  CHECK_FALSE(plain.partial);
  check_vector(scored(three_classes({0.5, -0.5, -0.25, -0.25, 0.5, 0})), {0.7375, 0.55, 0.95},
               74.5833333333333, -2.91666666666667);
  check_vector(scored(three_classes({0.5, 0, 0, 0, 0.5, 0.5})), {0.76, 4.0 / 7, 0.95},
               76.0476190476190, 23.8888888888889);
}

TEST_CASE("MeshMark vectors E4: Istio 1.2.0 measured with and without sidecars") {
  check_istio(kBoth, kBase, {0.762625, 0.959106445312, 0.111306213843, 1}, 70.8259414789);
  check_istio(kServer, kBase, {0.901875, 0.96240234375, 0.251436614660, 1}, 77.8928489603);
  check_istio(kNoMixer, kBase, {0.947625, 0.965942382812, 0.288803342886, 1}, 80.0592681425);
  check_istio(kNoMixerServer, kBase, {0.9795, 0.966064453125, 0.504154318643, 1}, 86.2429692942);
  check_istio(kBase, kBase, {0.991, 0.95654296875, 1, 1}, 98.6885742188);
  check_istio(kBoth64, kBase64, {0.7815, 0.956420898438, 0.062886161828, 1}, 70.0201765066);
  check_istio(kBoth1, kBase1, {0.817625, 0.966186523438, 0.182815898922, 0.871}, 70.9406855590);
  CHECK(scored(input_of(kBoth, kBase)).mue_total == Approx(4.443462890625).margin(1e-12));
}

TEST_CASE("MeshMark vector E4w: weights given by id") {
  auto input = input_of(kNoMixer, kBase);
  for (const char* weight :
       {"cpu_dp=+50%", "cpu_cp=-50%", "latency.p50=-0.25", "p90=-25%", "p99=0.5"})
    REQUIRE(set_weight(input, weight).ok());
  check_vector(scored(input), {0.9259375, 0.965942382812, 0.305949833214, 1}, 79.9457429007,
               -0.1135252418);
}

TEST_CASE("MeshMark vectors E4s and E4t: shares of the application need no budget") {
  const auto both = scored(input_of(kBoth, kBase, MeshMarkMethod::share));
  check_vector(both, {0.180759275237, 0.111306213843, 1}, 43.0688496360);
  CHECK_FALSE(both.partial);
  check_vector(scored(input_of(kNoMixer, kBase, MeshMarkMethod::share)),
               {0.483353884094, 0.288803342886, 1}, 59.0719075660);
}

TEST_CASE("MeshMark vector E5: what lies beyond the ends is held to them") {
  const MeshMarkInput input{
      .classes = {
          {"resource",
           {of("cpu", MueKind::headroom, 2500, 2000), of("mem", MueKind::headroom, 50, 1024)}},
          {"latency",
           {of("p50", MueKind::lower_better, 5, 4), of("p99", MueKind::lower_better, 10, 40)}},
          {"throughput", {of("rps", MueKind::higher_better, 1200, 1000)}}}};
  check_vector(scored(input), {0.4755859375, 0.625, 1}, 70.01953125);
}

TEST_CASE("MeshMark vector E6: a score without latency is partial") {
  const MeshMarkInput input{
      .classes = {{"compute", {value("cpu_dp", 0.81125), value("cpu_cp", 0.714)}},
                  {"memory", {value("mem_dp", 0.96923828125)}},
                  {"throughput", {value("success", 893890.0 / 893896)}}}};
  const auto mark = scored(input);
  check_vector(mark, {0.762625, 0.96923828125, 0.999993287810}, 91.0618856353);
  CHECK(mark.partial);
  CHECK(mark.missing_classes == std::vector<std::string>{"latency"});
}

TEST_CASE("MeshMark vector E7: classes of one's own") {
  const auto mark = scored({.classes = {{"a", {value("x", 0.9, -0.5), value("y", 0.3, 0.5)}},
                                        {"b", {value("z", 0.6, -0.5)}}}});
  check_vector(mark, {0.45, 0.6}, 52.5, -22.5);
  CHECK_FALSE(mark.partial);
}

TEST_CASE("The published Istio file gives the same figures as the table") {
  const auto path = testkit::realdata("smp/istio-tools/compiled-results-1.2.0.json");
  if (!path) {
    WARN("not tested: the file of published Istio 1.2.0 measurements is not here");
    return;
  }
  const auto text = base::read_file(*path);
  REQUIRE(text.ok());
  const Measured* expected[] = {&kBoth, &kServer, &kNoMixer, &kNoMixerServer,
                                &kBase, &kBoth64, &kBoth1};
  std::size_t found = 0;
  for (const auto line : base::split(text.value(), '\n')) {
    if (base::trim(line).empty()) continue;
    const auto document = doc::read_json(doc::Source{"compiled", std::string(line)});
    REQUIRE(document.ok());
    const auto number = [&](const std::string& key) { return document->root.find(key)->number(); };
    const auto sum = [&](const char* what, std::initializer_list<const char*> parts) {
      double total = 0;
      for (const char* part : parts) total += number(std::string(what) + "_avg_" + part);
      return total;
    };
    for (const auto* row : expected) {
      if (document->root.find("Labels")->string() != row->labels) continue;
      ++found;
      const auto proxies = {"fortioserver_deployment_proxy", "fortio_deployment_proxy"};
      const auto control = {"pilot_discovery", "pilot_proxy",     "policy_mixer",
                            "policy_proxy",    "telemetry_mixer", "telemetry_proxy"};
      CHECK(sum("cpu_mili", proxies) == row->cpu_dp);
      CHECK(sum("mem_MB", proxies) == row->mem_dp);
      CHECK(sum("cpu_mili", control) == row->cpu_cp);
      CHECK(sum("mem_MB", control) == row->mem_cp);
      CHECK(number("p50") == row->p50);
      CHECK(number("p90") == row->p90);
      CHECK(number("p99") == row->p99);
      CHECK(number("ActualQPS") == row->rps);
    }
  }
  CHECK(found == std::size(expected));
}

TEST_CASE("Two meshes measured by fortio score as their percentiles from buckets say") {
  const auto imported = [](const std::string& name) -> std::optional<Run> {
    const auto path = testkit::realdata("smp/mesh-bench-agpl/" + name);
    if (!path) return std::nullopt;
    const auto text = base::read_file(*path);
    REQUIRE(text.ok());
    auto runs = import_text(doc::Source{name, text.value()});
    REQUIRE(runs.ok());
    return runs->front();
  };
  const auto base = imported("http-baseline-1000.json");
  if (!base) {
    WARN("not tested: the measurements of meshes by fortio are not here");
    return;
  }
  const auto points = [&](const std::string& name) {
    const auto run = imported(name);
    REQUIRE(run.has_value());
    return scored(meshmark_of(*run, &*base, {}, MeshMarkMethod::headroom)).score;
  };
  CHECK(points("http-istio-1000.json") == Approx(64.9404689161).margin(1e-9));
  CHECK(points("http-linkerd-1000.json") == Approx(70.7384499825).margin(1e-9));
}

TEST_CASE("A MeshMark lies in 0 to 100 and does not depend on the order") {
  std::mt19937_64 random(1);
  for (int i = 0; i < 300; ++i) {
    auto input = random_input(random);
    const auto mark = scored(input);
    CHECK((mark.score >= 0 && mark.score <= 100));
    CHECK((mark.literal >= -50 && mark.literal <= 50));
    for (auto& group : input.classes) std::shuffle(group.mues.begin(), group.mues.end(), random);
    std::shuffle(input.classes.begin(), input.classes.end(), random);
    CHECK(scored(input).score == Approx(mark.score).margin(1e-10));
  }
}

TEST_CASE("A better MUE never lowers the MeshMark") {
  std::mt19937_64 random(2);
  for (int i = 0; i < 300; ++i) {
    auto input = random_input(random);
    const double before = scored(input).score;
    auto& mues = input.classes[random() % input.classes.size()].mues;
    double& m = mues[random() % mues.size()].inputs[0];
    m = std::min(1.0, m + 0.1);
    CHECK(scored(input).score >= before - 1e-12);
  }
}

TEST_CASE("Equal MUEs give their value whatever the weights") {
  std::mt19937_64 random(3);
  for (int i = 0; i < 100; ++i) {
    auto input = random_input(random);
    const double x = std::uniform_real_distribution<double>(0, 1)(random);
    for (auto& group : input.classes)
      for (auto& mue : group.mues) mue.inputs[0] = x;
    CHECK(scored(input).score == Approx(100 * x).margin(1e-10));
  }
}

TEST_CASE("Without weights a MeshMark is the mean of class means") {
  std::mt19937_64 random(4);
  for (int i = 0; i < 100; ++i) {
    auto input = random_input(random);
    double expected = 0;
    for (auto& group : input.classes)
      for (auto& mue : group.mues) {
        mue.weight = 0;
        expected +=
            100 * mue.inputs[0] / static_cast<double>(group.mues.size() * input.classes.size());
      }
    CHECK(scored(input).score == Approx(expected).margin(1e-10));
    CHECK(scored(input).literal == 0);
  }
}

TEST_CASE("With weights that sum to zero a MeshMark is the published index of the factors") {
  std::mt19937_64 random(5);
  for (int i = 0; i < 100; ++i) {
    const auto input = random_input(random, true);
    double expected = 0;
    for (const auto& group : input.classes)
      for (const auto& mue : group.mues)
        expected += 100 * mue.inputs[0] * (1 + mue.weight) /
                    static_cast<double>(group.mues.size() * input.classes.size());
    CHECK(scored(input).score == Approx(expected).margin(1e-9));
  }
}

TEST_CASE("Points and losses of the MUEs add up to 100") {
  std::mt19937_64 random(6);
  for (int i = 0; i < 100; ++i) {
    const auto mark = scored(random_input(random));
    double points = 0, lost = 0;
    for (const auto& group : mark.classes)
      for (const auto& mue : group.mues) points += mue.points, lost += mue.lost;
    CHECK(points == Approx(mark.score).margin(1e-9));
    CHECK(points + lost == Approx(100).margin(1e-9));
  }
}

TEST_CASE("The gain of a MUE is what the MeshMark gains when the mesh takes a tenth less") {
  const auto before = scored(input_of(kBoth, kBase));
  auto less = kBoth;
  less.p99 *= 0.9;
  const auto after = scored(input_of(less, kBase));
  CHECK(before.classes[2].mues[2].gain == Approx(after.score - before.score).margin(1e-9));
}

TEST_CASE("Inputs that mean nothing are refused by name") {
  CHECK(refusal(value("x", 0.5, 0.51)) == "MUE class.x: weight 0.51 is outside -0.5 to +0.5");
  CHECK(refusal(value("x", 0.5, std::nan(""))).find("weight nan") != std::string::npos);
  CHECK(refusal(value("x", std::nan(""))) == "MUE class.x: value is not a number");
  CHECK(refusal(value("x", 1.01)) == "MUE class.x: value 1.01 is above 1");
  CHECK(refusal(of("x", MueKind::headroom, -1, 10)) == "MUE class.x: used is negative (-1)");
  CHECK(refusal(of("x", MueKind::headroom, 1, 0)) == "MUE class.x: assigned must be above 0");
  CHECK(refusal(of("x", MueKind::share, 0, 0)) == "MUE class.x: app and mesh are both 0");
  CHECK(refusal(of("x", MueKind::lower_better, 1, 0)) == "MUE class.x: measured must be above 0");
  CHECK(refusal(of("x", MueKind::higher_better, 1, 0)) == "MUE class.x: reference must be above 0");
  CHECK(refusal(of("x", MueKind::headroom, INFINITY, 1)) == "MUE class.x: used is not a number");

  CHECK_FALSE(score({}).ok());
  CHECK_FALSE(score({.classes = {{.name = "empty"}}}).ok());
  CHECK_FALSE(score({.classes = {{"a", {value("x", 1), value("x", 1)}}}}).ok());
  CHECK_FALSE(score({.classes = {{"a", {value("x", 1)}}, {"a", {value("y", 1)}}}}).ok());
}

TEST_CASE("What a run does not tell is missing, and a class without anything makes it partial") {
  Run run = run_of(kBoth);
  run.setup.unthrottled = true;
  const auto mark = scored(meshmark_of(run, nullptr, {}, MeshMarkMethod::headroom));
  CHECK(mark.partial);
  CHECK(mark.missing_classes == std::vector<std::string>{"compute", "memory", "latency"});
  CHECK(mark.used == 1);  // success; the rate has no reference
  CHECK(mark.defined == 9);

  Run baseline = run_of(kBase);
  baseline.actual_qps = 2000;
  const auto against = scored(meshmark_of(run, &baseline, {}, MeshMarkMethod::headroom));
  CHECK(against.classes.back().mues[0].value == 0.5);
  CHECK(against.classes.back().mues[0].mue.origin == "baseline run");
}

}  // namespace weft::smp
