#include "lib/mesh/catalog.h"

#include <catch2/catch.hpp>

#include "lib/base/file.h"
#include "lib/mesh/selection.h"
#include "lib/testkit/temp_dir.h"

namespace weft::mesh {
namespace {

using base::ExitCode;

template <typename T>
T taken(base::Result<T> result) {
  if (!result.ok()) FAIL(result.error().where.text() << ": " << result.error().message);
  return *std::move(result);
}

const Catalog& catalog() {
  static const Catalog builtin = Catalog::builtin();
  return builtin;
}

const Mesh& mesh(std::string_view id) { return *taken(catalog().find(id)); }

std::vector<std::string> steps_of(const Selection& chosen) {
  std::vector<std::string> names;
  for (const auto& step : chosen.steps) names.push_back(step.step->name);
  return names;
}

Selection choose(std::string_view id, const Request& request) {
  return taken(select(mesh(id), taken(resolve(mesh(id), "")), request));
}

}  // namespace

TEST_CASE("every file of the catalogue can be read, and its head alone says the same") {
  const auto heads = taken(catalog().heads());
  const auto whole = taken(catalog().all());
  REQUIRE(heads.size() == whole.size());
  for (std::size_t i = 0; i < heads.size(); ++i) {
    INFO(heads[i].id);
    CHECK(heads[i].id == whole[i]->id);
    CHECK(heads[i].name == whole[i]->name);
    CHECK(heads[i].aliases == whole[i]->aliases);
    CHECK(heads[i].driver == whole[i]->driver);
    CHECK(heads[i].status.state == whole[i]->status.state);
    CHECK(heads[i].versions.size() == whole[i]->versions.size());
    CHECK(heads[i].steps.empty());
  }
}

TEST_CASE("a mesh is found by id or alias, an unknown one suggests what was meant") {
  CHECK(mesh("istio").id == "istio");
  CHECK(mesh("Linkerd2").id == "linkerd");
  const auto unknown = catalog().find("isto");
  REQUIRE_FALSE(unknown.ok());
  CHECK(unknown.error().code == ExitCode::usage);
  CHECK(unknown.error().message == "no mesh is called isto (did you mean istio?)");
}

TEST_CASE("a user's file adds a mesh or replaces one of the same id") {
  const testkit::TempDir folder;
  const auto write = [&](const std::string& name, const std::string& text) {
    REQUIRE(base::write_file(folder.path() + "/" + name, text).ok());
  };
  write("ours.yaml", "id: ours\nname: Our mesh\ndriver: none\n");
  write("istio.yaml", "id: istio\nname: Our Istio\ndriver: none\n");
  const auto both = taken(Catalog::open(folder.path()));
  CHECK(taken(both.find("ours"))->name == "Our mesh");
  CHECK(taken(both.find("istio"))->name == "Our Istio");
  CHECK(both.ids().size() == catalog().ids().size() + 1);

  write("istio.yaml", "id: other\nname: Other\n");
  CHECK_FALSE(Catalog::open(folder.path()).ok());
  write("istio.yaml", "id: istio\nname: Istio\ndrivr: helm\n");
  const auto broken = Catalog::open(folder.path());
  REQUIRE_FALSE(broken.ok());
  CHECK(broken.error().code == ExitCode::input);
  CHECK(broken.error().where.line == 3);
}

TEST_CASE("a folder that does not exist adds nothing") {
  CHECK(taken(Catalog::open("/nonexistent/meshes")).ids() == catalog().ids());
}

TEST_CASE("a version is resolved from a line, a patch, an app or a chart version") {
  const auto version = [](std::string_view id, std::string_view asked) {
    return taken(resolve(mesh(id), asked));
  };
  CHECK(version("istio", "").version == "1.30.3");
  CHECK(version("istio", "1.29").version == "1.29.6");
  CHECK(version("istio", "v1.29.6").version == "1.29.6");
  CHECK(version("linkerd", "2.20").chart == "2026.6.3");
  CHECK(version("linkerd", "edge-25.10.7").version == "2.19");
  CHECK(version("linkerd", "2025.10.7").version == "2.19");

  const auto patch = version("istio", "1.28.4");
  CHECK(patch.version == "1.28.4");
  CHECK(patch.chart == "1.28.4");
  CHECK(patch.k8s.text() == "1.30-1.34");
}

TEST_CASE("a version that does not exist names the nearest, a line without patches wants one") {
  const auto error = [](std::string_view id, std::string_view asked) {
    const auto result = resolve(mesh(id), asked);
    REQUIRE_FALSE(result.ok());
    CHECK(result.error().code == ExitCode::usage);
    return result.error();
  };
  CHECK(error("istio", "1.31.0").remedy ==
        "1.30.3, 1.29.6, 1.28.x; weft mesh show istio lists them all");
  CHECK(error("istio", "1.27").message ==
        "the catalogue does not know the exact charts of istio 1.27.x");
  for (const auto* bad : {"latest", "1.30.3; true", "1.30.4\n", "--help", "1.30.", "2.20.1"})
    error("linkerd", bad);
}

TEST_CASE("a range of Kubernetes versions judges a cluster") {
  const auto range = *parse_kube_range("1.30-1.34");
  CHECK(range.judge({1, 29}) == KubeFit::below);
  CHECK(range.judge({1, 30}) == KubeFit::inside);
  CHECK(range.judge(*parse_minor("v1.34.9-gke.1")) == KubeFit::inside);
  CHECK(range.judge({1, 35}) == KubeFit::above);
  CHECK(parse_kube_range(">=1.22")->judge({1, 99}) == KubeFit::inside);
  CHECK(parse_kube_range("<=1.21")->judge({1, 22}) == KubeFit::above);
  for (const auto* bad : {"1.30", "1.34-1.30", "1.30-", "x", ">=1", "1.30.1-1.34"})
    CHECK_FALSE(parse_kube_range(bad));
}

TEST_CASE("support ends with the last day of the month that is named") {
  Version version;
  CHECK(window_of(version, "2026-11-23") == Window::unknown);
  version.eol = "2026-11";
  CHECK(window_of(version, "2026-11-30") == Window::ending);
  CHECK(window_of(version, "2026-12-01") == Window::ended);
  version.eol = "2027-06-12";
  CHECK(window_of(version, "2026-11-23") == Window::supported);
}

TEST_CASE("mode and features choose steps, values, manifests and what must be ready") {
  CHECK(steps_of(choose("istio", {})) == std::vector<std::string>{"istio-base", "istiod"});
  const auto ambient = choose("istio", {.mode = "ambient", .features = {"ha", "mtls=strict"}});
  CHECK(steps_of(ambient) ==
        std::vector<std::string>{"istio-base", "istiod", "istio-cni", "ztunnel"});
  CHECK(ambient.steps[1].values.find("profile")->string() == "ambient");
  CHECK(ambient.steps[1].values.find("autoscaleMin")->integer() == 2);
  CHECK(ambient.steps[1].chart_version == "1.30.3");
  REQUIRE(ambient.manifests.size() == 1);
  CHECK(ambient.manifests[0].feature == "mtls=strict");
  CHECK(ambient.ready.size() == 4);
  REQUIRE(ambient.onboarding.size() == 1);
  CHECK_FALSE(ambient.onboarding[0].restart);

  const auto linkerd = choose("linkerd", {.profile = "production", .features = {"smi"}});
  CHECK(linkerd.features == std::vector<std::string>{"ha", "mtls=strict", "smi"});
  CHECK(linkerd.steps.back().chart_version == "1.0.4");
  CHECK(linkerd.steps[1].values.find("identity")->find("externalCA")->boolean());
  CHECK(linkerd.steps[1].values.find("controllerReplicas")->integer() == 3);
}

TEST_CASE("what a mesh does not have is refused with a suggestion") {
  const auto message = [](const Request& request) {
    const auto result = select(mesh("istio"), taken(resolve(mesh("istio"), "")), request);
    REQUIRE_FALSE(result.ok());
    CHECK(result.error().code == ExitCode::usage);
    return result.error().message;
  };
  CHECK(message({.mode = "ambiant"}) == "istio has no mode ambiant (did you mean ambient?)");
  CHECK(message({.features = {"hah"}}) == "istio has no feature hah (did you mean ha?)");
  CHECK(message({.profile = "x"}) == "istio has no profile x");
  CHECK(message({.features = {"mtls=strict", "mtls=permissive"}}) ==
        "mtls is asked to be two things at once: mtls=strict");
}

TEST_CASE("a star in a pattern stands for any text") {
  CHECK(fits("istio-*", "istio-sidecar"));
  CHECK(fits("*", ""));
  CHECK(fits("a*b*c", "axxbyyc"));
  CHECK_FALSE(fits("a*b*c", "axxbyyd"));
  CHECK_FALSE(fits("", "x"));
  CHECK(fits("*.istio.io", "gateways.networking.istio.io"));
}

}  // namespace weft::mesh
