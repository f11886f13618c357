#include "lib/smp/meshmark_input.h"

#include <catch2/catch.hpp>

#include "lib/doc/read.h"

namespace weft::smp {
namespace {

base::Result<MeshMarkInput> read(const std::string& yaml) {
  const auto document = doc::read(doc::Source{"mark.yaml", yaml});
  REQUIRE(document.ok());
  return read_meshmark(document.value());
}

base::Error refused(const std::string& yaml) {
  const auto input = read(yaml);
  INFO(yaml);
  REQUIRE_FALSE(input.ok());
  CHECK(input.error().code == base::ExitCode::input);
  CHECK(input.error().where.line != 0);
  return input.error();
}

// A document of one MUE on line 3.
std::string with_mue(const std::string& mue) {
  return "profile: weft/1\nclasses: [{name: own, mues: [\n" + mue + "]}]\n";
}

double weight_of(const std::string& keys) {
  const auto input = read(with_mue("{id: x, kind: ratio, value: 0.5, " + keys + "}"));
  INFO(keys);
  REQUIRE(input.ok());
  return input->classes[0].mues[0].weight;
}

}  // namespace

TEST_CASE("A MeshMark document lists classes and MUEs") {
  const auto input = read(R"(
profile: weft/1
classes:
  - name: compute
    mues:
      - {id: cpu_dp, kind: headroom, used: 755, assigned: 4000, unit: m, from: limit}
      - {id: cpu_cp, kind: headroom, used: 1144, assigned: null}
  - name: latency
    mues: [{id: p99, kind: lower_better, baseline: 1.243, measured: 12.283, weight: +25%}]
  - name: throughput
)");
  REQUIRE(input.ok());
  REQUIRE(input->classes.size() == 3);
  const Mue& cpu = input->classes[0].mues.at(0);
  CHECK(cpu.inputs == std::array<double, 2>{755, 4000});
  CHECK(cpu.origin == "limit");
  CHECK(input->classes[0].missing == std::vector<std::string>{"cpu_cp"});
  CHECK(input->classes[1].mues.at(0).weight == 0.25);
  CHECK(input->method == MeshMarkMethod::headroom);

  const auto mark = score(input.value());
  REQUIRE(mark.ok());
  CHECK(mark->missing_classes == std::vector<std::string>{"throughput", "memory"});
}

TEST_CASE("Weights are fractions, percentages or the value of the function") {
  CHECK(weight_of("weight: 0.25") == 0.25);
  CHECK(weight_of("weight: 25%") == 0.25);
  CHECK(weight_of("weight: +25%") == 0.25);
  CHECK(weight_of("weight: '-0.5'") == -0.5);
  CHECK(weight_of("weight: 0") == 0);
  CHECK(weight_of("criticality: 1, risk: 0.5") == Approx(0.375));
  CHECK(weight_of("criticality: 1, risk: 1") == 0.5);
  CHECK(weight_of("criticality: -1") == -0.25);
}

TEST_CASE("Kind share makes the method share unless the document says") {
  const std::string mue = "{id: cpu, kind: share, app: 419, mesh: 1899}";
  CHECK(read(with_mue(mue))->method == MeshMarkMethod::share);
  CHECK(read("method: headroom\n" + with_mue(mue))->method == MeshMarkMethod::headroom);
}

TEST_CASE("Mistakes in a MeshMark document are shown where they are") {
  const auto kind = refused(with_mue("{id: x, kind: headrom, used: 1, assigned: 2}"));
  CHECK(kind.message == "unknown kind of MUE \"headrom\" (did you mean headroom?)");
  CHECK(kind.where.text() == "mark.yaml:3:15");
  CHECK(refused(with_mue("{id: x, kind: ratio, valu: 1}")).message ==
        "MUE own.x has no key \"valu\" (did you mean value?)");
  CHECK(refused(with_mue("{id: x, kind: ratio, value: 1, weight: 60%}")).message ==
        "a weight goes from -0.5 to +0.5");
  CHECK(refused(with_mue("{id: x, kind: headroom, used: -1, assigned: 2}")).message ==
        "MUE own.x: used is negative (-1)");
  CHECK(refused(with_mue("{id: x, kind: headroom, used: 1, assigned: 0}")).message ==
        "MUE own.x: assigned must be above 0");
  for (const char* mue :
       {"{kind: ratio, value: 1}", "{id: x, value: 1}", "{id: x, kind: ratio, value: many}",
        "{id: x, kind: ratio, value: .nan}", "{id: x, kind: ratio, value: 1, weight: .nan}",
        "{id: x, kind: ratio, value: 1, weight: heavy}", "{id: x, kind: ratio, value: 1, risk: 2}",
        "{id: x, kind: ratio, value: 1, risk: 1, weight: 0.1}", "text"})
    refused(with_mue(mue));
  CHECK(refused("profile: weft/2\nclasses: []\n").remedy == "write profile: weft/1");
  for (const char* yaml :
       {"profile: weft/1\n", "classes: []\n", "classes: text\n", "classes: [text]\n",
        "classes: [{mues: []}]\n", "- 1\n", "classes: [{name: a, mues: text}]\n",
        "method: guess\nclasses: [{name: a}]\n", "clases: []\n"})
    refused(yaml);
}

TEST_CASE("Resource use is read with or without its heading") {
  const std::string part = "dp: {cpu_mcores: 755, cpu_mcores_assigned: 4000, mem_mb: 63}";
  for (const std::string& yaml : {part, "resources: {" + part + "}"}) {
    const auto document = doc::read(doc::Source{"use.yaml", yaml});
    REQUIRE(document.ok());
    const auto resources = read_resources(document.value());
    REQUIRE(resources.ok());
    CHECK(resources->at("dp").cpu_mcores == 755.0);
    CHECK(resources->at("dp").cpu_mcores_assigned == 4000.0);
    CHECK_FALSE(resources->at("dp").mem_mb_assigned.has_value());
  }
  for (const char* yaml : {"dq: {cpu_mcores: 1}", "dp: {cpu: 1}", "dp: 1", "[1]",
                           "dp: {cpu_mcores: -1}", "dp: {cpu_mcores: 1m}"}) {
    const auto document = doc::read(doc::Source{"use.yaml", yaml});
    REQUIRE(document.ok());
    INFO(yaml);
    CHECK_FALSE(read_resources(document.value()).ok());
  }
}

TEST_CASE("A weight for an id that is not there is refused with the ids") {
  auto input = read(with_mue("{id: p99, kind: ratio, value: 0.5}"));
  REQUIRE(input.ok());
  CHECK(set_weight(input.value(), "own.p99=10%").ok());
  CHECK(input->classes[0].mues[0].weight == 0.1);
  const auto unknown = set_weight(input.value(), "p98=10%");
  REQUIRE_FALSE(unknown.ok());
  CHECK(unknown.error().message == "no MUE has the id \"p98\" (did you mean p99?)");
  for (const char* text : {"p99", "p99=", "p99=51%", "p99=nan", "=0.1"}) {
    INFO(text);
    CHECK_FALSE(set_weight(input.value(), text).ok());
  }
}

}  // namespace weft::smp
