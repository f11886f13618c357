#include "lib/mesh/check_webhooks.h"

#include <catch2/catch.hpp>

#include "lib/base/base64.h"
#include "lib/base/format.h"
#include "lib/kube/object.h"
#include "lib/pki/issue.h"

namespace weft::mesh {
namespace {

base::WallTime now() { return base::parse_rfc3339("2026-06-01T00:00:00Z").value(); }

kube::Objects objects(const std::string& yaml) {
  return kube::read_objects(doc::Source("test", "---\n" + yaml)).value();
}

std::string bundle(int days) {
  return base::base64_encode(pki::issue_root({"ca", now(), days}).value().certificate);
}

kube::Object injector(const std::string& ca, const std::string& policy,
                      const std::string& selector = "{}") {
  return objects(fmt::format(R"(
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingWebhookConfiguration
metadata: {{name: osm-webhook-osm}}
webhooks:
- name: osm-inject.k8s.io
  failurePolicy: {}
  namespaceSelector: {}
  clientConfig: {{caBundle: "{}", service: {{namespace: osm-system, name: osm-injector}}}}
  rules: [{{operations: [CREATE], resources: [pods]}}]
)",
                             policy, selector, ca))
      .front();
}

const char* const kSlice = R"(
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: x, namespace: osm-system, labels: {kubernetes.io/service-name: osm-injector}}
endpoints: [{addresses: [10.0.0.1], conditions: {ready: true}}]
)";

Snapshot cluster(kube::Object webhook) {
  Snapshot snapshot;
  snapshot.read = {Part::webhooks, Part::endpoints, Part::namespaces};
  snapshot.webhooks = {std::move(webhook)};
  snapshot.namespaces = objects(R"(
{apiVersion: v1, kind: Namespace, metadata: {name: osm-system}}
---
{apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {mesh: osm}}}
)");
  return snapshot;
}

CheckResult judge(const Snapshot& snapshot, WebhookQuestion question = {}) {
  question.now = now();
  CheckReport report;
  check_webhooks(snapshot, question, report);
  REQUIRE(report.results.size() == 1);
  return report.results.front();
}

}  // namespace

TEST_CASE("a webhook that nobody answers is named, with what it blocks and how to be rid of it") {
  const CheckResult result = judge(cluster(injector(bundle(365), "Fail")));
  CHECK(result.check->id == "webhook-endpoints");
  CHECK(result.verdict == Verdict::fail);
  CHECK(result.subject == "MutatingWebhookConfiguration osm-webhook-osm");
  CHECK(result.detail ==
        "webhook osm-inject.k8s.io: its Service osm-system/osm-injector has no ready endpoints; it "
        "blocks create pods in every namespace");
  CHECK(result.hint ==
        "if its owner is gone: kubectl delete mutatingwebhookconfiguration osm-webhook-osm");
}

TEST_CASE("a webhook whose namespace is gone says so") {
  Snapshot snapshot = cluster(injector(bundle(365), "Fail"));
  snapshot.namespaces.erase(snapshot.namespaces.begin());
  CHECK_THAT(judge(snapshot).detail, Catch::Contains("the namespace of its Service "
                                                     "osm-system/osm-injector is gone"));
}

TEST_CASE("a silent webhook that blocks nothing of ours is a warning") {
  const Snapshot narrow = cluster(injector(bundle(365), "Fail", "{matchLabels: {mesh: osm}}"));
  CHECK(judge(narrow).verdict == Verdict::fail);
  CHECK(judge(narrow, {.namespaces = {"shop"}}).verdict == Verdict::fail);
  CHECK(judge(narrow, {.namespaces = {"linkerd"}}).verdict == Verdict::warn);
  CHECK(judge(narrow, {.own = {"osm-webhook-*"}}).verdict == Verdict::warn);
  CHECK(judge(cluster(injector(bundle(365), "Ignore"))).verdict == Verdict::warn);
}

TEST_CASE("a silent webhook for objects with labels of its own is a warning") {
  kube::Object webhook = injector(bundle(365), "Fail");
  const auto select = [&webhook](const char* yaml) {
    webhook.find("webhooks")->items()[0].set("objectSelector", objects(yaml).front());
    return judge(cluster(webhook));
  };
  CHECK(select("{apiVersion: v1, kind: x, matchLabels: {inject: 'true'}}").verdict ==
        Verdict::warn);
  CHECK_THAT(select("{apiVersion: v1, kind: x, matchLabels: {inject: 'true'}}").detail,
             Catch::EndsWith("in every namespace, of those with its labels"));
  CHECK(select("{apiVersion: v1, kind: x, matchExpressions: [{key: a, operator: DoesNotExist}]}")
            .verdict == Verdict::fail);
}

TEST_CASE("a webhook is trusted as long as its bundle") {
  const auto with = [](const std::string& ca) {
    Snapshot snapshot = cluster(injector(ca, "Fail"));
    snapshot.endpoints = objects(kSlice);
    return judge(snapshot);
  };
  CHECK(with(bundle(365)).verdict == Verdict::ok);
  CHECK(with(bundle(10)).verdict == Verdict::warn);
  CHECK(with(bundle(10)).check->id == "certificate-webhook");
  CHECK(with("").verdict == Verdict::fail);
  CHECK_THAT(with("").detail, Catch::Contains("its caBundle is empty; it blocks create pods"));
}

TEST_CASE("endpoints that are not ready do not answer") {
  Snapshot snapshot = cluster(injector(bundle(365), "Fail"));
  snapshot.endpoints = objects(kSlice);
  snapshot.endpoints[0].find("endpoints")->items()[0].find("conditions")->set("ready", false);
  CHECK(judge(snapshot).verdict == Verdict::fail);
}

TEST_CASE("without the right to see webhooks the check is skipped") {
  Snapshot snapshot;
  snapshot.unknown[Part::webhooks] = "cannot list webhooks: forbidden";
  CHECK(judge(snapshot).verdict == Verdict::skip);
}

}  // namespace weft::mesh
