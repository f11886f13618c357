#include "lib/kube/errors.h"

#include <catch2/catch.hpp>

#include "lib/kube/object.h"

using namespace weft;
using kube::Failure;

namespace {

// What the tools really print for each class, shortened.
struct Row {
  Failure failure;
  const char* text;
};
const Row kSaid[] = {
    {Failure::unreachable,
     "E1122 19:10:50.752181   12 memcache.go:265] \"Unhandled Error\" err=\"couldn't get current "
     "server API group list\"\nThe connection to the server 127.0.0.1:1 was refused - did you "
     "specify the right host or port?\n"},
    {Failure::unreachable,
     "Error: INSTALLATION FAILED: Kubernetes cluster unreachable: Get \"https://127.0.0.1:1/"
     "version\": dial tcp 127.0.0.1:1: connect: connection refused\n"},
    {Failure::unreachable,
     "Error: UPGRADE FAILED: kubernetes cluster unreachable: the server could not be asked\n"},
    {Failure::unreachable,
     "Unable to connect to the server: dial tcp: lookup nowhere.test: no such host\n"},
    {Failure::unreachable,
     "Unable to connect to the server: net/http: request canceled while waiting for connection "
     "(Client.Timeout exceeded while awaiting headers)\n"},
    {Failure::no_context,
     "error: Error in configuration: context was not found for specified context: nope\n"},
    {Failure::no_context,
     "Error: Kubernetes cluster unreachable: context \"nope\" does not exist\n"},
    {Failure::no_context, "error: stat /nope/config: no such file or directory\n"},
    {Failure::unauthorised,
     "error: You must be logged in to the server (the server has asked for the client to provide "
     "credentials)\n"},
    {Failure::unauthorised,
     "Unable to connect to the server: tls: failed to verify certificate: x509: certificate "
     "signed by unknown authority\n"},
    {Failure::unauthorised, "error: EOF\n"},
    {Failure::chart_missing,
     "Error: Get \"https://127.0.0.1:1/v2/x/tags/list\": dial tcp 127.0.0.1:1: connect: connection "
     "refused\n"},
    {Failure::bad_chart, "Error: unable to detect chart at a/Chart.yaml: open a/Chart.yaml: no\n"},
    {Failure::forbidden,
     "Error from server (Forbidden): pods is forbidden: User \"x\" cannot list resource \"pods\" "
     "in API group \"\" in the namespace \"a\"\n"},
    {Failure::not_found, "Error from server (NotFound): deployments.apps \"x\" not found\n"},
    {Failure::namespace_missing, "Error: INSTALLATION FAILED: namespaces \"x\" not found\n"},
    {Failure::no_such_kind,
     "error: unable to recognize \"STDIN\": no matches for kind \"Foo\" in version \"x/v1\"\n"},
    {Failure::no_such_kind, "error: the server doesn't have a resource type \"foos\"\n"},
    {Failure::no_such_kind,
     "Error: INSTALLATION FAILED: unable to build kubernetes objects from release manifest: "
     "resource mapping not found for name: \"a\" namespace: \"\" from \"\": no matches for kind "
     "\"A\" in version \"x/v1\"\nensure CRDs are installed first\n"},
    {Failure::conflict,
     "error: Apply failed with 1 conflict: conflict with \"kubectl\" using apps/v1: "
     ".spec.replicas\nPlease review the fields above--they currently have other managers.\n"},
    {Failure::conflict,
     "level=ERROR msg=x\nError: UPGRADE FAILED: conflict occurred while applying object "
     "a/b apps/v1, Kind=Deployment: Apply failed with 1 conflict: conflict with \"kubectl\" "
     "using apps/v1: .spec.replicas\n"},
    {Failure::modified,
     "Error from server (Conflict): Operation cannot be fulfilled on leases \"x\": the object has "
     "been modified; please apply your changes to the latest version and try again\n"},
    {Failure::invalid, "The Service \"x\" is invalid: spec.ports: Required value\n"},
    {Failure::quota,
     "Error from server (Forbidden): pods \"x\" is forbidden: exceeded quota: tight, requested: "
     "pods=1, used: pods=0, limited: pods=0\n"},
    {Failure::policy,
     "Error from server (Forbidden): pods \"x\" is forbidden: violates PodSecurity "
     "\"restricted:latest\": privileged\n"},
    {Failure::webhook,
     "Error from server (InternalError): Internal error occurred: failed calling webhook "
     "\"x.istio.io\": failed to call webhook: Post \"https://istiod.istio-system.svc:443/inject\": "
     "dial tcp 10.0.0.1:443: connect: connection refused\n"},
    {Failure::refused,
     "Error from server: admission webhook \"v.linkerd.io\" denied the request: no\n"},
    {Failure::immutable,
     "The Deployment \"x\" is invalid: spec.selector: Invalid value: {}: field is immutable\n"},
    {Failure::terminating,
     "Error from server (Forbidden): configmaps \"x\" is forbidden: unable to create new content "
     "in namespace a because it is being terminated\n"},
    {Failure::already_exists,
     "Error from server (AlreadyExists): namespaces \"a\" already exists\n"},
    {Failure::release_exists,
     "Error: INSTALLATION FAILED: cannot re-use a name that is still in use\n"},
    {Failure::release_exists,
     "Error: INSTALLATION FAILED: release name check failed: cannot reuse a name that is still in "
     "use\n"},
    {Failure::release_pending,
     "Error: UPGRADE FAILED: another operation (install/upgrade/rollback) is in progress\n"},
    {Failure::release_missing, "Error: release: not found\n"},
    {Failure::no_deployed_release, "Error: UPGRADE FAILED: \"x\" has no deployed releases\n"},
    {Failure::ownership,
     "Error: INSTALLATION FAILED: Unable to continue with install: ClusterRole \"p\" in namespace "
     "\"\" exists and cannot be imported into the current release: invalid ownership metadata; "
     "label validation error: missing key \"app.kubernetes.io/managed-by\": must be set to "
     "\"Helm\"\n"},
    {Failure::not_ready, "Error: INSTALLATION FAILED: context deadline exceeded\n"},
    {Failure::not_ready,
     "Error: UPGRADE FAILED: resource Deployment/a/b not ready. status: InProgress, message: "
     "Available: 0/1\n"},
    {Failure::not_ready, "error: timed out waiting for the condition on deployments/x\n"},
    {Failure::rolled_back,
     "Error: INSTALLATION FAILED: release x failed, and has been uninstalled due to "
     "rollback-on-failure being set: context deadline exceeded\n"},
    {Failure::rolled_back,
     "Error: INSTALLATION FAILED: release x failed, and has been uninstalled due to atomic being "
     "set: timed out waiting for the condition\n"},
    {Failure::rollback_failed,
     "Error: UPGRADE FAILED: an error occurred while rolling back the release. original upgrade "
     "error: timed out waiting for the condition: no\n"},
    {Failure::kubernetes_version,
     "Error: INSTALLATION FAILED: chart requires kubeVersion: >=1.40.0-0 which is incompatible "
     "with Kubernetes v1.34.2\n"},
    {Failure::bad_values,
     "Error: values don't meet the specifications of the schema(s) in the following chart(s):\n"
     "osm:\n- osm.replicas: Invalid type\n"},
    {Failure::chart_refuses, "Error: execution error at (c/templates/a.yaml:3:4): set a.url\n"},
    {Failure::chart_missing,
     "Error: INSTALLATION FAILED: chart \"x\" version \"9\" not found in https://a repository\n"},
    {Failure::chart_missing,
     "Error: looks like \"https://127.0.0.1:1\" is not a valid chart repository or cannot be "
     "reached: Get \"https://127.0.0.1:1/index.yaml\": dial tcp: connect: connection refused\n"},
    {Failure::chart_missing, "Error: repo nope not found\n"},
    {Failure::chart_missing, "Error: path \"./nope\" not found\n"},
    {Failure::bad_chart, "Error: Chart.yaml file is missing\n"},
    {Failure::bad_chart,
     "Error: YAML parse error on c/templates/a.yaml: error converting YAML to JSON\n"},
    {Failure::unknown_flag, "Error: unknown shorthand flag: 'a' in -a\n"},
    {Failure::interrupted, "Error: INSTALLATION FAILED: context canceled\n"},
    {Failure::other, "panic: runtime error: index out of range\n"},
};

}  // namespace

TEST_CASE("what the tools print falls into its class") {
  for (const Row& row : kSaid) {
    INFO(row.text);
    CHECK(kube::row_of(kube::classify(kube::complaint_of(row.text))).name ==
          kube::row_of(row.failure).name);
  }
}

TEST_CASE("the rows of the table stand in the order of the classes and have their own names") {
  const auto rows = kube::failures();
  REQUIRE(rows.size() == static_cast<std::size_t>(Failure::interrupted) + 1);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    CHECK(static_cast<std::size_t>(rows[i].failure) == i);
    for (std::size_t k = 0; k < i; ++k) CHECK(rows[i].name != rows[k].name);
  }
}

TEST_CASE("a tool's error keeps its words, class and code") {
  const proc::Command command{.argv = {"kubectl", "get", "pods"}, .env = {{"KUBERC", "off"}}};
  const auto denied = kube::tool_error(
      "cannot list pods", command, {.exit_code = 1, .err = "Error from server (Forbidden): no\n"});
  CHECK(denied.code == base::ExitCode::cluster);
  CHECK(denied.message == "cannot list pods");
  CHECK(denied.cause == "Error from server (Forbidden): no");
  CHECK(kube::failure_of(denied) == Failure::forbidden);
  const auto silent = kube::tool_error("cannot list pods", command, {.exit_code = 2});
  CHECK(silent.code == base::ExitCode::tool);
  CHECK(silent.cause == "kubectl ended with exit code 2 and said nothing");
  CHECK(silent.remedy == "see more by running it yourself: kubectl get pods");
}

TEST_CASE("conflicts name managers, fields and with helm the object") {
  const auto kubectl = kube::conflicts_in(
      "Apply failed with 3 conflicts: conflicts with \"kubectl-client-side-apply\" using apps/v1:\n"
      "- .spec.replicas\n"
      "- .spec.template.spec.containers[name=\"a\"].image\n"
      "conflict with \"hpa\" with subresource \"scale\" using apps/v1: .spec.replicas\n"
      "Please review the fields above--they currently have other managers.");
  REQUIRE(kubectl.size() == 2);
  CHECK(kubectl[0].manager == "kubectl-client-side-apply");
  CHECK(kubectl[0].fields ==
        std::vector<std::string>{".spec.replicas",
                                 ".spec.template.spec.containers[name=\"a\"].image"});
  CHECK(kubectl[1].manager == "hpa");
  CHECK(kubectl[1].fields == std::vector<std::string>{".spec.replicas"});

  const auto helm = kube::conflicts_in(
      "conflict occurred while applying object /istio-validator "
      "admissionregistration.k8s.io/v1, Kind=ValidatingWebhookConfiguration: Apply failed with 1 "
      "conflict: conflict with \"pilot-discovery\" using admissionregistration.k8s.io/v1: "
      ".webhooks[name=\"rev.validation.istio.io\"].failurePolicy");
  REQUIRE(helm.size() == 1);
  CHECK(helm[0].object == "ValidatingWebhookConfiguration istio-validator");
  CHECK(helm[0].manager == "pilot-discovery");
  CHECK(helm[0].fields ==
        std::vector<std::string>{".webhooks[name=\"rev.validation.istio.io\"].failurePolicy"});
}

TEST_CASE("a foreign object is named with the release that owns it") {
  const auto found = kube::foreign_objects_in(
      "Unable to continue with install: ServiceAccount \"p\" in namespace \"mon\" exists and "
      "cannot "
      "be imported into the current release: invalid ownership metadata; annotation validation "
      "error: key \"meta.helm.sh/release-name\" must equal \"a\": current value is \"b\"; "
      "annotation validation error: key \"meta.helm.sh/release-namespace\" must equal \"x\": "
      "current value is \"y\"");
  REQUIRE(found.size() == 1);
  CHECK(found[0].object == "ServiceAccount mon/p");
  CHECK(found[0].release == "b");
  CHECK(found[0].ns == "y");
}
