#include "lib/mesh/read_mesh.h"

#include <catch2/catch.hpp>

#include "lib/doc/read.h"

namespace weft::mesh {
namespace {

base::Result<Mesh> parse(const std::string& text) {
  WEFT_TRY(document, doc::read(doc::Source("ours.yaml", text)));
  return read_mesh(document);
}

std::string problem(const std::string& text) {
  const auto mesh = parse(text);
  if (mesh.ok()) return "none";
  CHECK(mesh.error().code == base::ExitCode::input);
  return std::to_string(mesh.error().where.line) + ": " + mesh.error().message;
}

const std::string kHead = "id: ours\nname: Ours\ndriver: helm\n";
const std::string kSteps = "steps:\n- {release: cp, chart: cp, namespace: ours}\n";

}  // namespace

TEST_CASE("a small file is enough for a mesh") {
  const auto mesh = parse(kHead + kSteps + "features:\n- {name: ha, summary: two}\n");
  REQUIRE(mesh.ok());
  CHECK(mesh->steps[0].name == "cp");
  CHECK(mesh->step("cp") == &mesh->steps[0]);
  CHECK(mesh->feature("ha") == &mesh->features[0]);
  CHECK(mesh->feature("hah") == nullptr);
}

TEST_CASE("a mistake in a file is named at its place") {
  CHECK(problem("id: Ours\nname: x\n") == "1: id is Ours");
  CHECK(problem("name: x\n") == "1: id is missing");
  CHECK(problem("id: x\nname: x\ndriver: hlm\n") == "3: driver is hlm (did you mean helm?)");
  CHECK(problem(kHead) == "1: steps are missing");
  CHECK(problem(kHead + kSteps + "step: []\n") == "6: unknown key step (did you mean steps?)");
  CHECK(problem(kHead + "versions:\n- {version: 1.30}\n") ==
        "5: versions[0].version must be text, found number");
  CHECK(problem(kHead + "versions:\n- {version: 1.30.0, k8s: \"1.30\"}\n") ==
        "5: versions[0].k8s is 1.30");
}

TEST_CASE("a name that the file does not define is refused") {
  const auto with = [](const std::string& more) { return problem(kHead + kSteps + more); };
  CHECK(with("features:\n- {name: ha, summary: x, values: {pc: {a: 1}}}\n") ==
        "7: features[0].values names pc, which the file does not define (did you mean cp?)");
  CHECK(with("ready:\n- {kind: Deployment, name: x, when: [cn]}\n") ==
        "7: ready[0].when names cn, which the file does not define");
  CHECK(with("profiles:\n- {name: p, summary: x, features: [y]}\n") ==
        "7: profiles[0].features names y, which the file does not define");
  CHECK(with("ready:\n- {kind: Deployment}\n") ==
        "7: ready[0].name or names or selector, one of them, must be given");
  CHECK(with("uninstall: {before: [{action: strip-finalizers}]}\n") ==
        "6: uninstall.before[0].action lacks its object");
  CHECK(with("capabilities: {retrys: partial}\n") ==
        "6: unknown key capabilities.retrys (did you mean retries?)");
}

}  // namespace weft::mesh
