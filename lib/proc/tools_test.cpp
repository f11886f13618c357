#include "lib/proc/tools.h"

#include <catch2/catch.hpp>

#include "lib/testkit/fake_runner.h"

using namespace weft;

TEST_CASE("versions are found in what programs say about themselves") {
  CHECK(proc::find_version("Client Version: v1.30.2\nKustomize Version: v5.0.4") == "1.30.2");
  CHECK(proc::find_version("v3.14.0+g3fc9f4b") == "3.14.0");
  CHECK(proc::find_version("wrk debian/4.1.0-3build1 [epoll]") == "4.1.0");
  CHECK(proc::find_version("h2load nghttp2/1.52.0") == "1.52.0");
  CHECK(proc::find_version("k6 v0.49.0 (commit/4f6d, go1.21.6, linux/amd64)") == "0.49.0");
  CHECK(proc::find_version("wrk 2 of 10 hosts.").empty());
  CHECK(proc::find_version("").empty());
}

TEST_CASE("versions compare by their numbers") {
  CHECK(proc::compare_versions("1.9", "1.10") < 0);
  CHECK(proc::compare_versions("1.24.0", "1.24") == 0);
  CHECK(proc::compare_versions("4.1.0", "4.0") > 0);
}

TEST_CASE("a tool is found, outdated, broken or missing") {
  const proc::Tool tool{"helm", "version --short", "3.8", "", ""};
  const base::StopFlag stop;
  testkit::FakeRunner good, old, broken, none;
  good.on("helm version --short", {.out = "v3.14.0\n"});
  old.on("helm version --short", {.out = "v3.1.0\n"});
  broken.on("helm version --short", base::Error{base::ExitCode::timeout, "did not end"});
  CHECK(proc::inspect_tool(good, tool, stop).state == proc::ToolState::found);
  CHECK(proc::inspect_tool(old, tool, stop).state == proc::ToolState::outdated);
  CHECK(proc::inspect_tool(broken, tool, stop).problem == "did not end");
  CHECK(proc::inspect_tool(none, tool, stop).state == proc::ToolState::missing);
}

TEST_CASE("every tool says what is lost without it and how to get it") {
  for (const proc::Tool& tool : proc::tools()) {
    INFO(tool.program);
    CHECK_FALSE(tool.without.empty());
    CHECK_FALSE(tool.remedy.empty());
  }
}
