#include "lib/kube/compare.h"

#include <catch2/catch.hpp>

#include "lib/kube/mask.h"
#include "lib/testkit/fake_cluster.h"

using namespace weft;
using namespace weft::kube;

namespace {

Object object(const std::string& yaml) {
  auto objects = read_objects(doc::Source("test", yaml));
  REQUIRE(objects.ok());
  REQUIRE(objects->size() == 1);
  return objects->front();
}

Object deployment(const std::string& spec) {
  return object(
      "{apiVersion: apps/v1, kind: Deployment, metadata: {name: d, namespace: n}, spec: " + spec +
      "}");
}

std::vector<std::string> paths(const Change& change) {
  std::vector<std::string> found;
  for (const FieldChange& field : change.fields) found.push_back(field.path);
  return found;
}

using Paths = std::vector<std::string>;

}  // namespace

TEST_CASE("an object that does not exist is created, an equal one is left alone") {
  const Object desired = deployment("{replicas: 1}");
  CHECK(compare(desired, std::nullopt).action == Action::create);
  CHECK(compare(desired, desired).action == Action::none);
}

TEST_CASE("what the server adds is no change, what is desired otherwise is") {
  const Object live = deployment(
      "{replicas: 3, progressDeadlineSeconds: 600, template: {spec: {containers: "
      "[{name: side, image: s}, {name: a, image: i:1, imagePullPolicy: Always}]}}}");
  CHECK(compare(deployment("{template: {spec: {containers: [{name: a, image: 'i:1'}]}}}"), live)
            .action == Action::none);
  const Change change = compare(
      deployment("{replicas: 2, template: {spec: {containers: [{name: a, image: 'i:2'}]}}}"), live);
  CHECK(change.action == Action::update);
  CHECK(paths(change) == Paths{"spec.replicas", "spec.template.spec.containers[name=a].image"});
  CHECK(change.fields[1].from == doc::Value("i:1"));
  CHECK(change.fields[1].to == doc::Value("i:2"));
}

TEST_CASE("quantities and values that the server drops are equal") {
  const Object live = deployment(
      "{template: {spec: {containers: [{name: a, resources: {limits: {cpu: '2', memory: 1Gi}}, "
      "env: [{name: E}]}]}}}");
  CHECK(compare(deployment("{template: {spec: {hostNetwork: false, nodeSelector: {}, tolerations: "
                           "[], priority: 0, containers: [{name: a, resources: {limits: {cpu: "
                           "2000m, memory: 1024Mi}}, env: [{name: E, value: ''}]}]}}}"),
                live)
            .action == Action::none);
  CHECK(compare(deployment("{template: {spec: {containers: [{name: a, resources: {limits: {cpu: "
                           "2001m}}}]}}}"),
                live)
            .action == Action::update);
}

TEST_CASE("texts that look like quantities differ where none are meant") {
  const auto labelled = [](const std::string& version) {
    return object("{apiVersion: v1, kind: ConfigMap, metadata: {name: a, labels: {v: '" + version +
                  "'}}}");
  };
  const Change change = compare(labelled("1.10"), labelled("1.1"));
  CHECK(paths(change) == Paths{"metadata.labels.v"});
}

TEST_CASE("ports are told apart by number and protocol") {
  const auto service = [](const std::string& ports) {
    return object("{apiVersion: v1, kind: Service, metadata: {name: s}, spec: {ports: " + ports +
                  "}}");
  };
  const Object live = service(
      "[{port: 53, protocol: UDP, targetPort: 53}, {port: 53, protocol: TCP, targetPort: 53}]");
  CHECK(compare(service("[{port: 53, targetPort: 53}]"), live).action == Action::none);
  CHECK(paths(compare(service("[{port: 53, targetPort: 54}]"), live)) ==
        Paths{"spec.ports[port=53].targetPort"});
  CHECK(paths(compare(service("[{port: 53, protocol: UDP, targetPort: 54}]"), live)) ==
        Paths{"spec.ports[port=53,protocol=UDP].targetPort"});
}

TEST_CASE("lists without a key are compared as a whole") {
  const auto role = [](const std::string& rules) {
    return object(
        "{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: r}, "
        "rules: " +
        rules + "}");
  };
  const Object live = role("[{verbs: [get]}, {verbs: [list]}]");
  CHECK(compare(role("[{verbs: [get]}, {verbs: [list]}]"), live).action == Action::none);
  CHECK(paths(compare(role("[{verbs: [get]}]"), live)) == Paths{"rules"});
  CHECK(paths(compare(role("[{verbs: [get]}, {verbs: [watch]}]"), live)) ==
        Paths{"rules[1].verbs[0]"});
}

TEST_CASE("duplicate keys in a list are compared by place") {
  const Object twice = deployment(
      "{template: {spec: {containers: [{name: a, env: [{name: X, value: '1'}, {name: X, "
      "value: '2'}]}]}}}");
  CHECK(compare(twice, twice).action == Action::none);
}

TEST_CASE("what the previous render had and this one has not is removed") {
  const Object before = deployment(
      "{replicas: 2, paused: true, template: {spec: {containers: [{name: a, env: [{name: OLD, "
      "value: x}]}]}}}");
  const Object desired =
      deployment("{paused: true, template: {spec: {containers: [{name: a, env: []}]}}}");
  const Change change = compare(desired, before, {.previous = &before});
  CHECK(paths(change) ==
        Paths{"spec.template.spec.containers[name=a].env[name=OLD]", "spec.replicas"});
  CHECK(change.fields[1].to.is_null());
  CHECK(compare(desired, before).action == Action::none);
}

TEST_CASE("fields that cannot change make it a replacement") {
  const Change change = compare(deployment("{selector: {matchLabels: {app: b}}}"),
                                deployment("{selector: {matchLabels: {app: a}}}"));
  CHECK(change.action == Action::replace);
}

TEST_CASE("versions of a CRD that are no longer desired would go") {
  const auto crd = [](const std::string& versions) {
    return object(
        "{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: "
        "{name: x}, spec: {versions: " +
        versions + "}}");
  };
  CHECK(paths(compare(crd("[{name: v1}]"), crd("[{name: v1}, {name: v1beta1}]"))) ==
        Paths{"spec.versions[name=v1beta1]"});
}

TEST_CASE("secrets, certificates and checksums change nothing and are not shown") {
  const auto secret = [](const std::string& data) {
    return object("{apiVersion: v1, kind: Secret, metadata: {name: s}, " + data + "}");
  };
  const Change change =
      compare(secret("stringData: {password: new}"), secret("data: {password: b2xk}"));
  CHECK(change.action == Action::none);
  REQUIRE(change.fields.size() == 1);
  CHECK(change.fields[0].path == "data.password");
  CHECK(change.fields[0].masked);
  CHECK(change.fields[0].to == doc::Value(kMasked));
  CHECK(compare(secret("stringData: {password: old}"), secret("data: {password: b2xk}"))
            .fields.empty());

  const auto webhook = [](const std::string& bundle) {
    return object(
        "{apiVersion: admissionregistration.k8s.io/v1, kind: "
        "MutatingWebhookConfiguration, metadata: {name: w}, webhooks: [{name: a, "
        "clientConfig: {caBundle: " +
        bundle + "}}]}");
  };
  CHECK(compare(webhook("YQ=="), webhook("Yg==")).action == Action::none);
  CHECK(compare(deployment("{template: {metadata: {annotations: {checksum/config: a}}}}"),
                deployment("{template: {metadata: {annotations: {checksum/config: b}}}}"))
            .action == Action::none);
}

TEST_CASE("a mesh's own list of random fields is masked by kind, name and path") {
  const Object a = deployment("{template: {metadata: {annotations: {random: a}}}}");
  const Object b = deployment("{template: {metadata: {annotations: {random: b}}}}");
  CHECK(compare(a, b).action == Action::update);
  CHECK(compare(a, b, {.masks = {"Deployment/d*:*.annotations.random"}}).action == Action::none);
  CHECK(compare(a, b, {.masks = {"Deployment/x:*"}}).action == Action::update);
}

TEST_CASE("masked objects show neither secrets nor keys") {
  const Object shown = masked(object(
      "{apiVersion: v1, kind: Secret, metadata: {name: s}, data: {a: c2VjcmV0}, type: Opaque}"));
  CHECK(text_at(shown, {"data", "a"}) == kMasked);
  CHECK(text_at(shown, {"type"}) == "Opaque");
  const Object map =
      masked(object("{apiVersion: v1, kind: ConfigMap, metadata: {name: s}, data: "
                    "{k: '-----BEGIN EC PRIVATE KEY-----', c: plain}}"));
  CHECK(text_at(map, {"data", "k"}) == kMasked);
  CHECK(text_at(map, {"data", "c"}) == "plain");
}

TEST_CASE("patterns fit with any run of characters") {
  CHECK(glob("*", ""));
  CHECK(glob("a*c", "abbc"));
  CHECK(glob("a*b*c", "axbybc"));
  CHECK_FALSE(glob("a*c", "abcd"));
  CHECK_FALSE(glob("", "a"));
}

TEST_CASE("quantities are read as Kubernetes writes them") {
  CHECK(*parse_quantity("500m") == Approx(0.5));
  CHECK(*parse_quantity("1Gi") == Approx(1073741824.0));
  CHECK(*parse_quantity("2k") == Approx(2000));
  CHECK(*parse_quantity("1e3") == Approx(1000));
  CHECK_FALSE(parse_quantity("m"));
  CHECK_FALSE(parse_quantity("1.2.3"));
  CHECK_FALSE(parse_quantity(""));
}

TEST_CASE("a whole render is compared with one call, what it no longer has would go") {
  testkit::FakeCluster cluster;
  cluster.add(
      "{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: n}, data: {x: '1'}}");
  cluster.add("{apiVersion: v1, kind: ConfigMap, metadata: {name: old, namespace: n}}");
  cluster.add("{apiVersion: v1, kind: ConfigMap, metadata: {name: kept, namespace: n}}");
  const Objects desired = *read_objects(doc::Source(
      "new",
      "{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: n}, data: {x: '2'}}\n---\n"
      "{apiVersion: v1, kind: ConfigMap, metadata: {name: b, namespace: n}}"));
  const Objects previous = *read_objects(doc::Source(
      "old",
      "{apiVersion: v1, kind: ConfigMap, metadata: {name: old, namespace: n}}\n---\n"
      "{apiVersion: v1, kind: ConfigMap, metadata: {name: kept, namespace: n, annotations: "
      "{helm.sh/resource-policy: keep}}}\n---\n"
      "{apiVersion: v1, kind: ConfigMap, metadata: {name: gone, namespace: n}}"));
  const auto changes = compare_all(cluster, desired, previous);
  REQUIRE(changes.ok());
  std::vector<std::string> told;
  for (const Change& change : *changes)
    told.push_back(std::string(action_name(change.action)) + ' ' + change.ref.text());
  CHECK(told == std::vector<std::string>{"update ConfigMap n/a", "create ConfigMap n/b",
                                         "remove ConfigMap n/old"});
}
