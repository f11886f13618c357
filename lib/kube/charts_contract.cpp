#include "lib/kube/bench_contract.h"
#include "lib/kube/compare.h"
#include "lib/kube/crds.h"
#include "lib/testkit/paths.h"

using namespace weft;
using namespace weft::kube;
using namespace std::chrono_literals;
using contract::Bench;
using contract::must;

namespace {

struct Published {
  const char* folder;
  const char* release;
  const char* ns;
};
// Published charts that install on their own, in an order in which none needs a later one.
constexpr Published kCharts[] = {
    {"istio/base", "istio-base", "istio-system"},
    {"istio/istiod", "istiod", "istio-system"},
    {"istio/cni", "istio-cni", "istio-system"},
    {"istio/ztunnel", "ztunnel", "istio-system"},
    {"istio/gateway", "istio-ingress", "istio-ingress"},
    {"linkerd/linkerd-crds", "linkerd-crds", "linkerd"},
    {"linkerd/linkerd-control-plane", "linkerd-control-plane", "linkerd"},
    {"linkerd/linkerd-viz", "linkerd-viz", "linkerd-viz"},
    {"kuma/kuma", "kuma", "kuma-system"},
    {"osm/osm", "osm", "osm-system"},
    {"cilium/cilium", "cilium", "kube-system"},
    {"app-mesh/appmesh-controller", "appmesh-controller", "appmesh-system"},
    {"addons/prometheus", "prometheus", "weft-observability"},
    {"addons/grafana", "grafana", "weft-observability"},
    {"addons/kiali-server", "kiali-server", "istio-system"},
};

std::string told(const Change& change) {
  std::string text = std::string(action_name(change.action)) + ' ' + change.ref.text();
  for (const FieldChange& field : change.fields)
    if (!field.masked) text += ' ' + field.path;
  return text;
}

Upgrade upgrade_of(const Published& chart, const std::string& folder, DryRun dry_run) {
  return {.release = chart.release,
          .ns = chart.ns,
          .chart = {.source = folder},
          .dry_run = dry_run,
          .timeout = 60s};
}

}  // namespace

TEST_CASE("the plan of a published chart that is already installed is empty", "[charts]") {
  NEEDS_CLUSTER();
  Bench bench;
  for (const Published& chart : kCharts) {
    const auto folder = testkit::realdata(std::string("charts/") + chart.folder);
    if (!folder) {
      WARN("skipped: no published charts beside the checkout");
      return;
    }
    const Objects crds = *must(bench.helm().show_crds({.source = *folder}));
    must(apply_crds(bench.cluster(), crds, bench.within(30s)));
    const auto done = bench.helm().upgrade(upgrade_of(chart, *folder, DryRun::none));
    INFO(chart.folder);
    if (!done.ok()) {
      FAIL_CHECK(done.error().message << ": " << done.error().cause);
      continue;
    }
    const auto plan = must(bench.helm().upgrade(upgrade_of(chart, *folder, DryRun::server)));
    Objects desired = *must(plan->objects());
    fill_namespace(desired, chart.ns, crds_among(desired));
    const auto changes = must(compare_all(bench.cluster(), desired, desired));
    for (const Change& change : *changes)
      if (change.action != Action::none) FAIL_CHECK(told(change));
    CHECK(must(plan_crds(bench.cluster(), crds))->refusals().empty());
  }
  for (auto chart = std::rbegin(kCharts); chart != std::rend(kCharts); ++chart)
    must(bench.helm().uninstall({.release = chart->release, .ns = chart->ns, .timeout = 60s}));
}
