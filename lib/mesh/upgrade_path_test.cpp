#include "lib/mesh/upgrade_path.h"

#include <catch2/catch.hpp>

namespace weft::mesh {
namespace {

using base::ExitCode;

Mesh demo() {
  Mesh mesh;
  mesh.id = "demo";
  for (const char* version : {"1.1.0", "1.0.0"}) mesh.versions.emplace_back().version = version;
  mesh.upgrade.max_minor_skip = 1;
  mesh.upgrade.canary.max_minor_skip = 2;
  return mesh;
}

}  // namespace

TEST_CASE("an upgrade skips no minor, and the refusal names the one to go to first") {
  const Mesh mesh = demo();
  CHECK(check_path(mesh, "1.0.0", "1.1.0", false, false).ok());
  const auto skips = check_path(mesh, "1.0.0", "1.2.0", false, false);
  REQUIRE(!skips.ok());
  CHECK(skips.error().code == ExitCode::usage);
  CHECK(skips.error().message ==
        "demo cannot go from 1.0.0 to 1.2.0 in one step: at most 1 minor at a time");
  CHECK(skips.error().remedy == "weft upgrade demo --version 1.1.0 first");
  CHECK(check_path(mesh, "1.0.0", "1.2.0", true, false).ok());
}

TEST_CASE("an upgrade goes back only by force") {
  const Mesh mesh = demo();
  CHECK(!check_path(mesh, "1.1.0", "1.0.0", false, false).ok());
  CHECK(check_path(mesh, "1.1.0", "1.0.0", false, true).ok());
}

TEST_CASE("a new major and versions that are no numbers are left to people") {
  const Mesh mesh = demo();
  CHECK(check_path(mesh, "1.0.0", "2.0.0", false, false).ok());
  CHECK(check_path(mesh, "edge", "1.1.0", false, false).ok());
}

}  // namespace weft::mesh
