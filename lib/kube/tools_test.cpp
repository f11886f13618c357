#include "lib/kube/tools.h"

#include <catch2/catch.hpp>

#include "lib/testkit/fake_runner.h"

using namespace weft;
using namespace weft::kube;

TEST_CASE("kubectl and helm are asked for their versions in ways that every version knows") {
  testkit::FakeRunner runner;
  runner
      .on("kubectl version --client -o json",
          {.out = R"({"clientVersion":{"gitVersion":"v1.33.9"},"kustomizeVersion":"v5.6.0"})"})
      .on("/opt/helm version --template '{{.Version}}'", {.out = "v4.1.4"});
  CHECK(find_kubectl(runner, "kubectl", nullptr)->version.minor == 33);
  const auto helm = find_helm(runner, "/opt/helm", nullptr);
  REQUIRE(helm.ok());
  CHECK(helm->path == "/opt/helm");
  CHECK(helm->version.major == 4);
}

TEST_CASE("a tool that is missing, too old or silent is an error with a remedy") {
  testkit::FakeRunner runner;
  const auto missing = find_helm(runner, "helm", nullptr);
  REQUIRE_FALSE(missing.ok());
  CHECK(missing.error().code == base::ExitCode::tool);
  CHECK(missing.error().message == "helm was not found");
  CHECK(missing.error().remedy ==
        "install helm (https://helm.sh/docs/intro/install/), or name it with --helm");
  runner.on("helm version --template '{{.Version}}'", {.out = "v3.2.0\n"})
      .on("kubectl version --client -o json", {.exit_code = 1, .err = "panic: no\n"});
  CHECK(find_helm(runner, "helm", nullptr).error().message ==
        "/fake/bin/helm is version v3.2.0, weft needs 3.11 or newer");
  CHECK(find_kubectl(runner, "kubectl", nullptr).error().cause == "panic: no");
}

TEST_CASE("versions far apart and old helms are worth a warning") {
  const Program kubectl{"kubectl", *parse_version("v1.30.0")};
  const auto helm = [](const char* version) { return Program{"helm", *parse_version(version)}; };
  CHECK(version_warnings(kubectl, helm("v4.1.4"), parse_version("v1.31.2")).empty());
  CHECK(version_warnings(kubectl, helm("v4.1.4"), parse_version("v1.34.2")).size() == 1);
  CHECK(version_warnings(kubectl, helm("v3.14.0"), std::nullopt).size() == 1);
  CHECK(version_warnings(std::nullopt, std::nullopt, std::nullopt).empty());
}
