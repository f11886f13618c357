#include "lib/kube/diagnose.h"

#include <catch2/catch.hpp>

#include "lib/base/format.h"

using namespace weft;
using namespace weft::kube;

namespace {

Objects objects(const std::string& yaml) {
  auto read = read_objects(doc::Source("test", yaml));
  REQUIRE(read.ok());
  return *std::move(read);
}

Object deployment() {
  return objects(
             "{apiVersion: apps/v1, kind: Deployment, metadata: {name: d, namespace: n}, spec: "
             "{selector: {matchLabels: {app: d}}}}")
      .front();
}

Objects pod(const std::string& status, const std::string& spec = "{}") {
  return objects(fmt::format(
      "{{apiVersion: v1, kind: Pod, metadata: {{name: d-1, namespace: n, labels: {{app: "
      "d}}, creationTimestamp: '2026-03-01T12:00:00Z'}}, spec: {}, status: {}}}",
      spec, status));
}

Objects event(const std::string& kind, const std::string& name, const std::string& reason,
              const std::string& message) {
  return objects(fmt::format(
      "{{apiVersion: v1, kind: Event, type: Warning, count: 4, reason: {}, message: '{}', "
      "lastTimestamp: '2026-03-01T12:00:01Z', involvedObject: {{kind: {}, namespace: n, name: "
      "{}}}}}",
      reason, message, kind, name));
}

std::optional<Diagnosis> why(const Surroundings& around) {
  return diagnose(deployment(), around, *base::parse_rfc3339("2026-03-01T12:01:30Z"));
}

std::string waiting(const std::string& reason, const std::string& message) {
  return "{containerStatuses: [{name: main, image: 'reg/x:1', state: {waiting: {reason: " + reason +
         ", message: '" + message + "'}}}]}";
}

}  // namespace

TEST_CASE("what a container waits for is the cause") {
  struct Row {
    const char* reason;
    const char* cause;
    const char* message;
    bool hopeless;
  };
  for (const Row& row :
       {Row{"ImagePullBackOff", "image-pull", "image reg/x:1 cannot be pulled: m", true},
        Row{"ErrImagePull", "image-pull", "image reg/x:1 cannot be pulled: m", true},
        Row{"InvalidImageName", "invalid-image", "image name reg/x:1 is not valid: m", true},
        Row{"CrashLoopBackOff", "crash-loop", "container main keeps crashing", false},
        Row{"CreateContainerConfigError", "bad-config", "container main lacks configuration: m",
            true},
        Row{"RunContainerError", "cannot-run", "container main cannot be started: m", false}}) {
    const auto found = why({.pods = pod(waiting(row.reason, "m"))});
    REQUIRE(found);
    CHECK(cause_name(found->cause) == row.cause);
    CHECK(found->message == row.message);
    CHECK(found->hopeless == row.hopeless);
    CHECK(found->object.text() == "Pod n/d-1");
    CHECK(found->lasting == std::chrono::seconds(90));
  }
}

TEST_CASE("a crash says how the container ended") {
  const auto found =
      why({.pods = pod("{containerStatuses: [{name: main, restartCount: 3, state: {waiting: "
                       "{reason: CrashLoopBackOff}}, lastState: {terminated: {exitCode: "
                       "137, reason: OOMKilled}}}]}")});
  REQUIRE(found);
  CHECK(found->message == "container main keeps crashing (3 restarts): exit code 137 (OOMKilled)");
  CHECK(found->remedy == "see more: kubectl logs -n n d-1 -c main --previous");
}

TEST_CASE("init containers are looked at first") {
  const auto found =
      why({.pods = pod(
               "{initContainerStatuses: [{name: init, state: {terminated: {exitCode: 1, reason: "
               "Error, message: no network}}}], containerStatuses: [{name: main, state: "
               "{waiting: {reason: PodInitializing}}}]}")});
  REQUIRE(found);
  CHECK(found->message == "container init keeps crashing: exit code 1: no network");
}

TEST_CASE("a pod without a node says why, and which claim it waits for") {
  const std::string status =
      "{conditions: [{type: PodScheduled, status: 'False', message: 0/2 nodes are available}]}";
  CHECK(why({.pods = pod(status)})->message == "no node can take the pod: 0/2 nodes are available");
  const std::string spec = "{volumes: [{name: v, persistentVolumeClaim: {claimName: data}}]}";
  const auto missing = why({.pods = pod(status, spec)});
  CHECK(missing->message == "claim data does not exist");
  const auto unbound = why(
      {.pods = pod(status, spec),
       .claims = objects("{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data, "
                         "namespace: n}, spec: {storageClassName: fast}, status: {phase: "
                         "Pending}}"),
       .events = event("PersistentVolumeClaim", "data", "ProvisioningFailed", "no such class")});
  REQUIRE(unbound);
  CHECK(unbound->cause == Cause::unbound_claim);
  CHECK(unbound->name == "data");
  CHECK(unbound->message == "claim data is not bound (storage class fast): no such class");
}

TEST_CASE("probes and volumes are known from events") {
  const std::string running = "{containerStatuses: [{name: main, state: {running: {}}}]}";
  CHECK(why({.pods = pod(running),
             .events = event("Pod", "d-1", "Unhealthy", "Readiness probe failed: 503")})
            ->cause == Cause::probe);
  CHECK(why({.pods = pod(running), .events = event("Pod", "d-1", "FailedMount", "no secret x")})
            ->message == "a volume cannot be mounted: no secret x");
  const auto slow = why({.pods = pod(running)});
  CHECK(slow->cause == Cause::slow);
  CHECK(slow->message == "container main runs but is not ready");
}

TEST_CASE("pods that cannot be created name the quota, the webhook or the policy") {
  const auto refused = [](const std::string& message) {
    return *why({.replica_sets = objects(
                     "{apiVersion: apps/v1, kind: ReplicaSet, metadata: {name: d-5, namespace: n, "
                     "ownerReferences: [{kind: Deployment, name: d}]}}"),
                 .events = event("ReplicaSet", "d-5", "FailedCreate", message)});
  };
  const Diagnosis quota =
      refused("Error creating: pods \"x\" is forbidden: exceeded quota: tight, requested: pods=1");
  CHECK(quota.cause == Cause::quota);
  CHECK(quota.name == "tight");
  CHECK(quota.object.text() == "ReplicaSet n/d-5");
  const Diagnosis webhook = refused(
      "Error creating: Internal error occurred: failed calling webhook \"w.istio.io\": service "
      "gone");
  CHECK(webhook.cause == Cause::webhook);
  CHECK(webhook.name == "w.istio.io");
  CHECK(refused("pods \"x\" is forbidden: violates PodSecurity \"restricted:latest\": x").cause ==
        Cause::pod_security);
  CHECK(refused("something else").cause == Cause::refused);
}

TEST_CASE("a failed creation is forgotten once a pod is there, unless it still fails") {
  const Objects old = event("ReplicaSet", "d-5", "FailedCreate", "exceeded quota: tight, x");
  const auto set = [](const std::string& status) {
    return objects(
        "{apiVersion: apps/v1, kind: ReplicaSet, metadata: {name: d-5, namespace: n, "
        "ownerReferences: [{kind: Deployment, name: d}]}, status: " +
        status + "}");
  };
  CHECK(why({.pods = pod("{}"), .replica_sets = set("{}"), .events = old})->cause == Cause::slow);
  CHECK(why({.pods = pod("{}"),
             .replica_sets = set("{conditions: [{type: ReplicaFailure, status: 'True', message: "
                                 "'exceeded quota: tight, x'}]}")})
            ->cause == Cause::quota);
}

TEST_CASE("ready, finished and foreign pods tell nothing") {
  CHECK_FALSE(why({}));
  CHECK_FALSE(why({.pods = pod("{conditions: [{type: Ready, status: 'True'}]}")}));
  CHECK_FALSE(why({.pods = pod("{phase: Succeeded}")}));
  Objects foreign = pod(waiting("ErrImagePull", "m"));
  foreign[0].find("metadata")->set("namespace", "other");
  CHECK_FALSE(why({.pods = foreign}));
}

TEST_CASE("the last warnings are those of the workload and what it made, newest last") {
  Objects events = event("Pod", "d-1", "BackOff", "again");
  events.push_back(event("Pod", "foreign", "BackOff", "other").front());
  events.push_back(event("Deployment", "d", "Odd", "first").front());
  events.back().set("lastTimestamp", "2026-03-01T11:00:00Z");
  const auto lines = last_warnings(deployment(), {.pods = pod("{}"), .events = events});
  CHECK(lines == std::vector<std::string>{"Odd Deployment d: first (4 times)",
                                          "BackOff Pod d-1: again (4 times)"});
  CHECK(last_warnings(deployment(), {.pods = pod("{}"), .events = events}, 1).size() == 1);
}
