#include "lib/kube/helm.h"

#include <catch2/catch.hpp>

#include "lib/doc/read.h"
#include "lib/kube/errors.h"
#include "lib/kube/helm_flags.h"
#include "lib/testkit/fake_runner.h"

using namespace weft;
using namespace weft::kube;

namespace {

const char* const kRelease =
    R"({"name":"r","namespace":"n","version":1,"info":{"status":"deployed"},"manifest":""})";

HelmOptions helm(std::string_view version) {
  return {.program = {"helm", *parse_version(version)}, .context = "c", .kubeconfig = "k"};
}

Upgrade request() {
  return {.release = "r",
          .ns = "n",
          .chart = {.source = "oci://charts.test/x", .version = "1.0"},
          .values = doc::Value().set("a", 1),
          .timeout = std::chrono::seconds(90)};
}

const std::string kUpgrade =
    "helm upgrade --install r oci://charts.test/x --version 1.0 --namespace n --reset-values "
    "--values - --history-max 10 -o json --create-namespace --skip-crds";
const std::string kTail = " --timeout 1m30s --kube-context c --kubeconfig k";

}  // namespace

TEST_CASE("values go by standard input and helm does not wait") {
  testkit::FakeRunner runner;
  runner.on(kUpgrade + kTail, {.out = kRelease});
  HelmCli cli(runner, helm("v4.1.4"));
  REQUIRE(cli.upgrade(request()).ok());
  CHECK(runner.calls()[0].input == "{\"a\":1}\n");
  CHECK(runner.calls()[0].deadline > std::chrono::seconds(90));
}

TEST_CASE("flags follow the version of helm") {
  struct Row {
    const char* version;
    const char* dry_run;
    const char* labels;
  };
  for (const Row& row :
       {Row{"v3.11.1", " --dry-run", ""}, Row{"v3.17.2", " --dry-run=server", " --labels a=b,c=d"},
        Row{"v4.1.4", " --dry-run=server", " --labels a=b,c=d"}}) {
    testkit::FakeRunner runner;
    runner.on(kUpgrade + " --description d" + row.labels + row.dry_run + kTail, {.out = kRelease});
    HelmCli cli(runner, helm(row.version));
    Upgrade what = request();
    what.labels = {{"a", "b"}, {"c", "d"}};
    what.description = "d";
    what.dry_run = DryRun::server;
    CHECK(cli.upgrade(what).ok());
  }
}

TEST_CASE("what a helm cannot do is refused before it runs") {
  testkit::FakeRunner runner;
  HelmCli cli(runner, helm("v3.14.0"));
  Upgrade what = request();
  what.take_ownership = true;
  const auto refused = cli.upgrade(what);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code == base::ExitCode::tool);
}

TEST_CASE("a path without a chart is told before helm takes it for a repository") {
  testkit::FakeRunner runner;
  HelmCli cli(runner, helm("v4.1.4"));
  const auto refused = cli.show_chart({.source = "no/such/chart"});
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().message == "there is no chart at no/such/chart");
  CHECK(failure_of(refused.error()) == Failure::chart_missing);
}

TEST_CASE("helm 4 is run again with force when only allowed fields conflict") {
  const proc::Finished conflict{
      .exit_code = 1,
      .err =
          "Error: UPGRADE FAILED: conflict occurred while applying object /w "
          "admissionregistration.k8s.io/v1, Kind=MutatingWebhookConfiguration: Apply failed "
          "with 2 conflicts: conflicts with \"pilot-discovery\" using "
          "admissionregistration.k8s.io/v1:\n- .webhooks[name=\"a\"].clientConfig.caBundle\n"
          "- .webhooks[name=\"a\"].namespaceSelector.matchExpressions\n"};
  Upgrade what = request();
  what.forceable = {"caBundle", "namespaceSelector*"};
  {
    testkit::FakeRunner runner;
    runner.on(kUpgrade + kTail, conflict);
    runner.on(kUpgrade + " --force-conflicts" + kTail, {.out = kRelease});
    HelmCli cli(runner, helm("v4.1.4"));
    CHECK(cli.upgrade(what).ok());
  }
  {
    testkit::FakeRunner runner;
    runner.on(kUpgrade + kTail, conflict);
    HelmCli cli(runner, helm("v4.1.4"));
    what.forceable = {"caBundle"};
    const auto refused = cli.upgrade(what);
    REQUIRE_FALSE(refused.ok());
    CHECK(failure_of(refused.error()) == Failure::conflict);
  }
}

TEST_CASE("lists are of every status in both majors") {
  testkit::FakeRunner three, four;
  three.on(
      "helm list -o json --max 0 --all-namespaces --all --selector a=b --kube-context c "
      "--kubeconfig k",
      {.out = "[]"});
  four.on("helm list -o json --max 0 --namespace n --kube-context c --kubeconfig k", {.out = "[]"});
  CHECK(HelmCli(three, helm("v3.17.2")).list("", "a=b").ok());
  CHECK(HelmCli(four, helm("v4.1.4")).list("n", "").ok());
}

TEST_CASE("a release that is not there has no history and is uninstalled already") {
  testkit::FakeRunner runner;
  const proc::Finished missing{.exit_code = 1, .err = "Error: release: not found\n"};
  runner.on("helm history r --namespace n -o json --kube-context c --kubeconfig k", missing);
  runner.on(
      "helm uninstall r --namespace n --timeout 5m --kube-context c --kubeconfig k",
      {.exit_code = 1, .err = "Error: uninstall: Release not loaded: r: release: not found\n"});
  runner.on("helm status r --namespace n -o json --kube-context c --kubeconfig k", missing);
  HelmCli cli(runner, helm("v4.1.4"));
  CHECK(cli.history({"r", "n"})->empty());
  CHECK(cli.uninstall({.release = "r", .ns = "n"}).ok());
  const auto status = cli.status({"r", "n"}, 0);
  REQUIRE_FALSE(status.ok());
  CHECK(status.error().message == "cannot read release n/r");
  CHECK(failure_of(status.error()) == Failure::release_missing);
}

TEST_CASE("helm gets folders of its own") {
  testkit::FakeRunner runner;
  HelmOptions options = helm("v4.1.4");
  options.home = "/h";
  runner.on(
      "HELM_CACHE_HOME=/h/cache HELM_CONFIG_HOME=/h/config HELM_DATA_HOME=/h/data helm show "
      "values oci://x --kube-context c --kubeconfig k",
      {.out = "a: 1 # one\n"});
  runner.has("helm");
  HelmCli cli(runner, options);
  const auto values = cli.show_values({.source = "oci://x"});
  REQUIRE(values.ok());
  CHECK(int_at(*values, {"a"}) == 1);
}

TEST_CASE("each flag has one spelling in each version") {
  for (const char* version : {"v3.11.1", "v3.14.0", "v3.17.2", "v4.1.4"})
    for (const HelmFlagRow& row : helm_flags()) {
      int spellings = 0;
      const Version now = *parse_version(version);
      for (const HelmFlagRow& other : helm_flags())
        if (other.flag == row.flag && now >= other.since &&
            (other.before.major == 0 || now < other.before))
          ++spellings;
      CHECK(spellings <= 1);
      CHECK(spelling(row.flag, now).has_value() == (spellings == 1));
    }
}
