#include "lib/mesh/detect.h"

#include <catch2/catch.hpp>

namespace weft::mesh {
namespace {

template <typename T>
T taken(base::Result<T> result) {
  if (!result.ok()) FAIL(result.error().where.text() << ": " << result.error().message);
  return *std::move(result);
}

const Catalog& catalog() {
  static const Catalog builtin = Catalog::builtin();
  return builtin;
}

std::vector<Finding> found_in(const std::string& yaml) {
  const auto objects = taken(kube::read_objects(doc::Source("cluster", yaml)));
  return taken(detect(catalog(), {objects}));
}

std::string istiod(const std::string& name, const std::string& revision, const std::string& image,
                   const std::string& label, const std::string& more = {}) {
  return "---\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: " + name +
         "\n  namespace: istio-system\n  labels: {app: istiod, istio.io/rev: " + revision +
         ", app.kubernetes.io/version: " + label + more +
         "}\nspec: {template: {spec: {containers: [{name: discovery, image: \"" + image +
         "\"}]}}}\n";
}

const std::string kZtunnel =
    "---\napiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: ztunnel, namespace: "
    "istio-system}\n"
    "spec: {template: {spec: {containers: [{name: istio-proxy, image: hub/ztunnel:1.30.3}]}}}\n";

}  // namespace

TEST_CASE("an empty cluster has no mesh") { CHECK(found_in("").empty()); }

TEST_CASE("each revision of Istio is a finding, what has no revision goes with the first") {
  const auto findings =
      found_in(istiod("istiod", "default", "hub/pilot:1.29.6", "1.29.6") + kZtunnel +
               istiod("istiod-1-30-3", "1-30-3", "hub/pilot:1.30.3-distroless", "1.30.3") +
               "---\napiVersion: admissionregistration.k8s.io/v1\nkind: "
               "MutatingWebhookConfiguration\nmetadata:\n"
               "  name: istio-revision-tag-prod\n  labels: {istio.io/rev: 1-30-3}\n");
  REQUIRE(findings.size() == 2);
  CHECK(findings[0].revision == "1-30-3");
  CHECK(findings[0].version == "1.30.3");
  CHECK(findings[0].webhooks == std::vector<std::string>{"istio-revision-tag-prod"});
  CHECK(findings[0].components.size() == 2);
  CHECK(findings[1].revision == "default");
  CHECK(findings[1].version == "1.29.6");
  CHECK(findings[1].ns == "istio-system");
  CHECK(findings[1].managed_by == "unknown");
}

TEST_CASE("the image is trusted before the labels, and a disagreement is told") {
  const auto one = found_in(istiod("istiod", "default", "hub/pilot:1.30.3", "1.29.6"));
  REQUIRE(one.size() == 1);
  CHECK(one[0].version == "1.30.3");
  CHECK(one[0].disagreement);
  CHECK(one[0].sources[0].source == "image istio-system/istiod discovery");

  const auto digest = found_in(istiod("istiod", "default", "hub:5000/pilot@sha256:12", "1.29.6"));
  CHECK(digest[0].version == "1.29.6");
  CHECK_FALSE(digest[0].disagreement);

  const auto unknown = found_in(istiod("istiod", "default", "hub/pilot:1.12.9", "1.12.9"));
  CHECK(unknown[0].version == "1.12.9");
  CHECK_FALSE(unknown[0].known_version);
}

TEST_CASE("who manages an installation is read from its marks") {
  CHECK(found_in(istiod("istiod", "default", "p:1.30.3", "1.30.3",
                        ", app.kubernetes.io/managed-by: Helm"))[0]
            .managed_by == "helm");
  CHECK(found_in(istiod("istiod", "default", "p:1.30.3", "1.30.3",
                        ", install.operator.istio.io/owning-resource: installed-state"))[0]
            .managed_by == "istioctl");
}

TEST_CASE("a webhook or a namespace alone is weaker evidence") {
  const auto webhook = found_in(
      "apiVersion: admissionregistration.k8s.io/v1\nkind: MutatingWebhookConfiguration\nmetadata: "
      "{name: osm-webhook-osm}\n"
      "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: octarine-dataplane}\n");
  REQUIRE(webhook.size() == 2);
  CHECK(webhook[0].mesh == "octarine");
  CHECK((webhook[0].evidence == Evidence::name));
  CHECK(webhook[0].ns == "octarine-dataplane");
  CHECK(webhook[1].mesh == "osm");
  CHECK((webhook[1].evidence == Evidence::webhook));
  CHECK(webhook[1].version.empty());
}

TEST_CASE("a distribution is not reported as its base as well") {
  const auto findings =
      found_in(istiod("istiod-asm-1307-9", "asm-1307-9", "gcr.io/pilot:1.30.7-asm.9", "unknown"));
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].mesh == "google-csm");
  CHECK(findings[0].version == "1.30.7-asm.9");
}

TEST_CASE("objects that lack everything are no evidence") {
  CHECK(found_in("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: x}\n---\napiVersion: "
                 "v1\nkind: Pod\nmetadata: {name: y}\n")
            .empty());
}

}  // namespace weft::mesh
