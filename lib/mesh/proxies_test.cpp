#include "lib/mesh/proxies.h"

#include <catch2/catch.hpp>

#include "lib/mesh/catalog.h"

namespace weft::mesh {
namespace {

const Mesh& mesh_of(const Catalog& catalog, const char* id) { return **catalog.find(id); }

kube::Object ns_with(const std::string& labels, const std::string& annotations = "{}") {
  const std::string text = R"({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "n",)"
                           R"("labels": )" +
                           labels + R"(, "annotations": )" + annotations + "}}";
  return kube::read_objects(doc::Source("test", text)).value().front();
}

}  // namespace

TEST_CASE("the version of an image is its tag without digest and variant") {
  CHECK(version_of_image("docker.io/istio/proxyv2:1.30.3-distroless@sha256:ab") == "1.30.3");
  CHECK(version_of_image("localhost:5000/proxy") == "");
  CHECK(version_of_image("cr.l5d.io/linkerd/proxy:edge-26.6.3") == "edge-26.6.3");
  CHECK(version_of_image("proxy@sha256:ab") == "");
}

TEST_CASE("a pod carries a proxy as container, as native sidecar, or by its node") {
  const Catalog catalog = Catalog::builtin();
  const Dataplane& istio = mesh_of(catalog, "istio").detect.dataplane;
  Pod pod;
  CHECK_FALSE(proxy_of(istio, pod).has_value());
  SECTION("container") {
    pod.containers = {{"istio-init", "istio/proxyv2:1.29.6", true, true},
                      {"app", "app:1", true, false},
                      {"istio-proxy", "istio/proxyv2:1.30.3", false, false}};
    CHECK(proxy_of(istio, pod)->version == "1.30.3");
    CHECK_FALSE(proxy_of(istio, pod)->ready);
  }
  SECTION("native sidecar") {
    pod.containers = {{"istio-proxy", "istio/proxyv2:1.30.3", true, true}, {"app", "app:1"}};
    CHECK(proxy_of(istio, pod)->version == "1.30.3");
  }
  SECTION("ambient") {
    pod.annotations = {{"ambient.istio.io/redirection", "enabled"}};
    CHECK(proxy_of(istio, pod)->version.empty());
    pod.annotations = {{"ambient.istio.io/redirection", "disabled"}};
    CHECK_FALSE(proxy_of(istio, pod).has_value());
  }
}

TEST_CASE("a namespace belongs to a mesh by label, by revision or by annotation") {
  const Catalog catalog = Catalog::builtin();
  const Mesh& istio = mesh_of(catalog, "istio");
  CHECK(onboarding_of(istio, ns_with(R"({"istio-injection": "enabled"})"))->mode == "sidecar");
  CHECK(onboarding_of(istio, ns_with(R"({"istio.io/rev": "prod"})"))->mode == "sidecar");
  CHECK(onboarding_of(istio, ns_with(R"({"istio.io/dataplane-mode": "ambient"})"))->mode ==
        "ambient");
  CHECK(onboarding_of(istio, ns_with(R"({"istio-injection": "disabled"})")) == nullptr);
  const Mesh& linkerd = mesh_of(catalog, "linkerd");
  CHECK(onboarding_of(linkerd, ns_with("{}", R"({"linkerd.io/inject": "enabled"})")) != nullptr);
}

TEST_CASE("pods may wish otherwise than their namespace") {
  const Catalog catalog = Catalog::builtin();
  const Mesh& istio = mesh_of(catalog, "istio");
  Pod pod;
  CHECK(wish_of(istio, pod) == Wish::none);
  pod.labels = {{"sidecar.istio.io/inject", "true"}};
  CHECK(wish_of(istio, pod) == Wish::join);
  pod.labels = {{"sidecar.istio.io/inject", "false"}};
  CHECK(wish_of(istio, pod) == Wish::stay_out);
}

TEST_CASE("proxies may trail the control plane, but not lead it") {
  const Catalog catalog = Catalog::builtin();
  const Mesh& istio = mesh_of(catalog, "istio");
  CHECK(judge_skew(istio, "1.30.3", "1.30.1") == SkewVerdict::same);
  CHECK(judge_skew(istio, "1.30.3", "1.29.6") == SkewVerdict::behind);
  CHECK(judge_skew(istio, "1.30.3", "1.28.0") == SkewVerdict::too_far_behind);
  CHECK(judge_skew(istio, "1.29.6", "1.30.3") == SkewVerdict::ahead);
  CHECK(judge_skew(istio, "1.29.6", "latest") == SkewVerdict::unknown);
}

TEST_CASE("edge releases are compared as the minors they belong to") {
  const Catalog catalog = Catalog::builtin();
  const Mesh& linkerd = mesh_of(catalog, "linkerd");
  CHECK(judge_skew(linkerd, "edge-26.6.3", "edge-25.10.7") == SkewVerdict::behind);
  CHECK(judge_skew(linkerd, "edge-25.10.7", "edge-26.6.3") == SkewVerdict::ahead);
}

}  // namespace weft::mesh
