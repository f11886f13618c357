#include "lib/mesh/images.h"

#include <catch2/catch.hpp>

#include "lib/mesh/catalog.h"

namespace weft::mesh {
namespace {

kube::Objects objects(const std::string& yaml) {
  auto read = kube::read_objects(doc::Source("render", yaml));
  if (!read.ok()) FAIL(read.error().message);
  return *std::move(read);
}

std::vector<std::string> names(const ImageList& list) {
  std::vector<std::string> all;
  for (const auto& image : list.images) all.push_back(image.name);
  return all;
}

const std::string kIstiod = R"(
apiVersion: apps/v1
kind: Deployment
metadata: {name: istiod, namespace: istio-system}
spec: {template: {spec: {containers: [{name: discovery, image: "hub:5000/r/pilot:1.30.3@sha256:12"}]}}}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: tidy, namespace: x}
spec: {jobTemplate: {spec: {template: {spec: {initContainers: [{name: i, image: "busybox"}]}}}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: gateway, namespace: x}
spec: {template: {spec: {containers: [{name: istio-proxy, image: auto}]}}}
)";

}  // namespace

TEST_CASE("images come from every pod specification, placeholders are none") {
  const auto list = images_of(Mesh{}, objects(kIstiod));
  CHECK(names(list) == std::vector<std::string>{"busybox", "hub:5000/r/pilot:1.30.3@sha256:12"});
  CHECK(list.images[1].users == std::vector<std::string>{"Deployment istio-system/istiod"});
}

TEST_CASE("an image beside another shares its registry and tag, not its digest") {
  Mesh mesh;
  mesh.images.indirect = {{"proxyv2", "pilot"}};
  const auto list = images_of(mesh, objects(kIstiod));
  CHECK(names(list).back() == "hub:5000/r/proxyv2:1.30.3");
  CHECK(list.images.back().indirect);
}

TEST_CASE("an image written in an argument or variable is found by its name") {
  Mesh mesh;
  mesh.images.indirect = {{"kuma-dp", ""}, {"consul-dataplane", ""}, {"absent", ""}};
  const auto list = images_of(mesh, objects(R"(
apiVersion: v1
kind: ConfigMap
metadata: {name: c, namespace: x}
data:
  a: 'run -consul-dataplane-image="hashicorp/consul-dataplane:2.0.3" \'
  b: "kuma-dp is not an image, kuma-dp-extra:1 is another, docker.io/kumahq/kuma-dp:2.14.3 it is"
)"));
  CHECK(names(list) == std::vector<std::string>{"docker.io/kumahq/kuma-dp:2.14.3",
                                                "hashicorp/consul-dataplane:2.0.3"});
  CHECK(list.not_found == std::vector<std::string>{"absent"});
}

}  // namespace weft::mesh
