#include "lib/lifecycle/bundle.h"

#include <catch2/catch.hpp>

#include "lib/base/file.h"
#include "lib/lifecycle/lifecycle_test.h"
#include "lib/testkit/temp_dir.h"

namespace weft::lifecycle {
namespace {

base::Result<kube::Objects> no_kustomize(const std::string& folder) {
  return base::Error{base::ExitCode::usage, "no kustomize folder is expected: " + folder};
}

// The demo mesh with one of its charts a folder, the other an archive.
Setup with_charts_on_disk(World& world, const testkit::TempDir& folder) {
  Setup setup = world.setup();
  const std::string base = folder.path() + "/base";
  const std::string control = folder.path() + "/control-1.0.0.tgz";
  setup.steps[0].chart.chart.source = base;
  setup.steps[1].chart.chart.source = control;
  REQUIRE(base::write_file(base + "/Chart.yaml", "name: base\n").ok());
  REQUIRE(base::write_file(control, "an archive").ok());
  world.helm.chart(base, kBaseChart).chart(control, kControlChart);
  return setup;
}

std::string content(const std::string& path) {
  auto text = base::read_file(path);
  if (!text.ok()) FAIL(text.error().message);
  return *std::move(text);
}

}  // namespace

TEST_CASE("an installation is exported with its charts, values, manifests and images") {
  World world;
  const testkit::TempDir folder;
  const Setup setup = with_charts_on_disk(world, folder);
  const auto bundle = bundle_of(world.helm, no_kustomize, setup);
  REQUIRE(bundle.ok());
  const std::string out = folder.path() + "/out";
  const auto paths = write_bundle(*bundle, doc::Value::map().set("id", "demo"), out);
  REQUIRE(paths.ok());
  CHECK(*paths == std::vector<std::string>{
                      "installation.yaml", "mesh.yaml", "images.txt", "values/demo-base.yaml",
                      "charts/demo/base/", "manifests/demo-base.yaml", "values/demo-control.yaml",
                      "charts/control-1.0.0.tgz", "manifests/demo-control.yaml"});
  CHECK(content(out + "/images.txt") == "demo/control:1\n");
  CHECK(content(out + "/charts/demo/base/Chart.yaml") == "name: base\n");
  CHECK(content(out + "/charts/control-1.0.0.tgz") == "an archive");
  CHECK(content(out + "/manifests/demo-control.yaml").find("kind: Deployment") !=
        std::string::npos);
  const auto described = doc::read(doc::Source{"x", content(out + "/installation.yaml")});
  REQUIRE(described.ok());
  CHECK(described->root.find("schema")->string() == "weft.mesh-export/v1");
  CHECK(described->root.find("steps")->size() == 2);
}

TEST_CASE("an installation is not exported over what is there") {
  World world;
  const testkit::TempDir folder;
  const Setup setup = with_charts_on_disk(world, folder);
  const auto bundle = bundle_of(world.helm, no_kustomize, setup);
  REQUIRE(bundle.ok());
  REQUIRE(base::write_file(folder.path() + "/out/mine.txt", "mine").ok());
  const auto refused = write_bundle(*bundle, {}, folder.path() + "/out");
  REQUIRE(!refused.ok());
  CHECK(refused.error().code == base::ExitCode::usage);
  CHECK(!base::read_file(folder.path() + "/out/images.txt").ok());
}

}  // namespace weft::lifecycle
