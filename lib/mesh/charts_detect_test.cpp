// The published charts as a cluster would show them: recognised, and with all their images.
#include "lib/mesh/detect.h"
#include "lib/mesh/images.h"
#include "lib/mesh/published_charts_test.h"

namespace weft::mesh {

TEST_CASE("each published chart is recognised as its mesh, at its version") {
  const auto root = charts();
  if (!root) return;
  const auto version_found = [&](const std::string& id, const std::string& suffix = {}) {
    INFO(id << suffix);
    const Mesh& mesh = *taken(builtin_catalog().find(id));
    const auto rendered = render_all(mesh, *root, suffix);
    for (const auto& finding : taken(detect(builtin_catalog(), {rendered.objects}))) {
      if (finding.mesh != id) continue;
      for (const auto& source : finding.sources)
        UNSCOPED_INFO(source.source << " = " << source.value << " -> " << source.version);
      CHECK(finding.known_version);
      CHECK_FALSE(finding.disagreement);
      CHECK((finding.evidence == Evidence::workload));
      return finding.version;
    }
    return std::string("not found");
  };
  CHECK(version_found("istio") == "1.30.3");
  CHECK(version_found("istio", "-prev") == "1.29.6");
  CHECK(version_found("linkerd") == "2.20");
  CHECK(version_found("linkerd", "-prev") == "2.19");
  CHECK(version_found("consul") == "2.0.3");
  CHECK(version_found("consul", "-prev") == "1.9.11");
  CHECK(version_found("kuma") == "2.14.3");
  CHECK(version_found("kuma", "-prev") == "2.13.10");
  CHECK(version_found("cilium") == "1.20.0");
  CHECK(version_found("cilium", "-prev") == "1.19.6");
  CHECK(version_found("nginx-service-mesh") == "2.0.0");
  CHECK(version_found("nginx-service-mesh", "-prev") == "1.7.0");
  CHECK(version_found("osm") == "1.2.4");
  CHECK(version_found("osm", "-prev") == "1.1.3");
  CHECK(version_found("traefik-mesh") == "v1.4.1");
  CHECK(version_found("app-mesh") == "1.13.3");
  CHECK(version_found("kmesh") == "0.1.0");
  CHECK(version_found("network-service-mesh") == "v1.18.0");
  CHECK(version_found("prometheus") == "29.27.0");
  CHECK(version_found("grafana") == "12.11.1");
  CHECK(version_found("jaeger") == "4.11.1");
  CHECK(version_found("kiali") == "2.29.0");
}

TEST_CASE("no chart is taken for another mesh") {
  const auto root = charts();
  if (!root) return;
  for (const Mesh* mesh : taken(builtin_catalog().all())) {
    if (mesh->kind == Kind::addon) continue;
    const auto rendered = render_all(*mesh, *root);
    for (const auto& finding : taken(detect(builtin_catalog(), {rendered.objects}))) {
      if (taken(builtin_catalog().find(finding.mesh))->kind == Kind::addon) continue;
      INFO(mesh->id);
      CHECK(finding.mesh == mesh->id);
    }
  }
}

TEST_CASE("the images of proxies are found in what the charts render") {
  const auto root = charts();
  if (!root) return;
  int found = 0;
  for (const Mesh* mesh : taken(builtin_catalog().all())) {
    const auto rendered = render_all(*mesh, *root);
    if (rendered.objects.empty()) continue;
    INFO(mesh->id);
    const auto list = images_of(*mesh, rendered.objects);
    CHECK(list.not_found == std::vector<std::string>{});
    for (const auto& image : list.images) found += image.indirect ? 1 : 0;
  }
  CHECK(found >= 10);
}

}  // namespace weft::mesh
