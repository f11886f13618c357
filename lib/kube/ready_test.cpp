#include "lib/kube/ready.h"

#include <catch2/catch.hpp>

using namespace weft;
using namespace weft::kube;

namespace {

Object object(const std::string& api_version, const std::string& kind, const std::string& rest) {
  const auto objects = read_objects(
      doc::Source("test", "{apiVersion: " + api_version + ", kind: " + kind + ", " + rest + "}"));
  REQUIRE(objects.ok());
  return objects->front();
}

struct Row {
  const char* kind;
  const char* rest;
  State state;
  const char* detail;
};

void check(const char* api_version, std::initializer_list<Row> rows) {
  for (const Row& row : rows) {
    INFO(row.kind << " " << row.rest);
    const Readiness found = readiness(object(api_version, row.kind, row.rest));
    CHECK(static_cast<int>(found.state) == static_cast<int>(row.state));
    CHECK(found.detail == row.detail);
  }
}

}  // namespace

TEST_CASE("Deployments, StatefulSets and DaemonSets are judged by their controllers' counts") {
  check("apps/v1",
        {{"Deployment",
          "metadata: {generation: 2}, spec: {replicas: 2}, status: {observedGeneration: 2, "
          "updatedReplicas: 2, availableReplicas: 2}",
          State::ready, "2/2 available"},
         {"Deployment",
          "metadata: {generation: 2}, spec: {replicas: 1}, status: {observedGeneration: 1, "
          "updatedReplicas: 1, availableReplicas: 1}",
          State::waiting, "change not seen by its controller yet"},
         {"Deployment", "spec: {replicas: 2}, status: {updatedReplicas: 1, availableReplicas: 2}",
          State::waiting, "1/2 updated"},
         {"Deployment",
          "spec: {replicas: 1}, status: {replicas: 2, updatedReplicas: 1, availableReplicas: 1}",
          State::waiting, "1 old pod not replaced yet"},
         {"Deployment", "spec: {replicas: 0}", State::ready, "0/0 available"},
         {"Deployment",
          "status: {updatedReplicas: 1, availableReplicas: 0, conditions: [{type: Progressing, "
          "status: 'False', reason: ProgressDeadlineExceeded}]}",
          State::waiting, "0/1 available: ProgressDeadlineExceeded"},
         {"StatefulSet",
          "spec: {replicas: 2}, status: {updatedReplicas: 2, readyReplicas: 2, currentRevision: a, "
          "updateRevision: a}",
          State::ready, "2/2 ready"},
         {"StatefulSet",
          "spec: {replicas: 2}, status: {updatedReplicas: 1, readyReplicas: 2, currentRevision: a, "
          "updateRevision: b}",
          State::waiting, "1/2 updated"},
         {"StatefulSet",
          "spec: {replicas: 2, updateStrategy: {type: OnDelete}}, status: {updatedReplicas: 0, "
          "readyReplicas: 2, currentRevision: a, updateRevision: b}",
          State::ready, "2/2 ready"},
         {"StatefulSet",
          "spec: {replicas: 3, updateStrategy: {rollingUpdate: {partition: 2}}}, status: "
          "{updatedReplicas: 1, readyReplicas: 3, currentRevision: a, updateRevision: b}",
          State::ready, "3/3 ready"},
         {"DaemonSet",
          "status: {desiredNumberScheduled: 3, updatedNumberScheduled: 3, numberAvailable: 2}",
          State::ready, "2/3 available"},
         {"DaemonSet",
          "spec: {updateStrategy: {rollingUpdate: {maxUnavailable: 0}}}, status: "
          "{desiredNumberScheduled: 3, updatedNumberScheduled: 3, numberAvailable: 2}",
          State::waiting, "2/3 available"},
         {"DaemonSet",
          "spec: {updateStrategy: {rollingUpdate: {maxUnavailable: 100%}}}, status: "
          "{desiredNumberScheduled: 3, updatedNumberScheduled: 3, numberAvailable: 0}",
          State::waiting, "0/3 available"},
         {"DaemonSet",
          "status: {desiredNumberScheduled: 3, updatedNumberScheduled: 1, numberAvailable: 3}",
          State::waiting, "1/3 updated"}});
}

TEST_CASE("a DaemonSet without nodes is ready, with a warning") {
  const auto found =
      readiness(object("apps/v1", "DaemonSet", "status: {desiredNumberScheduled: 0}"));
  CHECK(found.state == State::ready);
  CHECK(found.warning == "no node matches");
}

TEST_CASE("Jobs, Pods and claims have their own ways to be done") {
  check(
      "batch/v1",
      {{"Job", "status: {conditions: [{type: Complete, status: 'True'}]}", State::ready, ""},
       {"Job", "status: {conditions: [{type: Failed, status: 'True', message: too often}]}",
        State::failed, "failed: too often"},
       {"Job", "spec: {completions: 2}, status: {succeeded: 1}", State::waiting, "1/2 succeeded"}});
  check("v1",
        {{"Pod", "status: {phase: Succeeded}", State::ready, ""},
         {"Pod", "status: {phase: Failed, reason: Evicted}", State::failed, "Evicted"},
         {"Pod",
          "status: {phase: Running, conditions: [{type: Ready, status: 'False', message: wait}]}",
          State::waiting, "not Ready: wait"},
         {"PersistentVolumeClaim", "status: {phase: Bound}", State::ready, ""},
         {"PersistentVolumeClaim", "spec: {}", State::waiting, "Pending"},
         {"Namespace", "status: {phase: Terminating}", State::waiting, "Terminating"},
         {"ConfigMap", "data: {}", State::ready, ""}});
}

TEST_CASE("definitions and API services have conditions") {
  check("apiextensions.k8s.io/v1",
        {{"CustomResourceDefinition", "status: {conditions: [{type: Established, status: 'True'}]}",
          State::ready, ""},
         {"CustomResourceDefinition", "spec: {}", State::waiting, "not Established"},
         {"CustomResourceDefinition",
          "status: {conditions: [{type: NamesAccepted, status: 'False', message: taken}]}",
          State::failed, "names not accepted: taken"}});
  check("apiregistration.k8s.io/v1",
        {{"APIService",
          "status: {conditions: [{type: Available, status: 'False', message: no endpoints}]}",
          State::waiting, "not Available: no endpoints"}});
}

TEST_CASE("a webhook is ready with its certificate and a Service that answers") {
  const auto webhook = [](const std::string& bundle) {
    return object("admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration",
                  "webhooks: [{name: w, clientConfig: {caBundle: '" + bundle +
                      "', service: {name: s, namespace: n}}}]");
  };
  const auto slice = [](const std::string& endpoints) {
    return Objects{object("discovery.k8s.io/v1", "EndpointSlice",
                          "metadata: {name: s-1, namespace: n, labels: "
                          "{kubernetes.io/service-name: s}}, endpoints: " +
                              endpoints)};
  };
  CHECK(webhook_readiness(webhook(""), {}).detail == "caBundle of webhook w is empty");
  CHECK(webhook_readiness(webhook("YQ=="), {}).detail ==
        "webhook w: Service n/s has no ready endpoint");
  CHECK(webhook_readiness(webhook("YQ=="), slice("[{conditions: {ready: false}}]")).state ==
        State::waiting);
  CHECK(webhook_readiness(webhook("YQ=="), slice("[{conditions: {ready: true}}]")).state ==
        State::ready);
}
