// helm in memory, on a FakeCluster: charts are static manifests, releases have revisions, statuses
// and values. Hooks are not run.
//
//   testkit::FakeCluster cluster;
//   testkit::FakeHelm helm(cluster);
//   helm.chart("charts/istiod", "istiod", "1.30.3", "apiVersion: v1\nkind: ConfigMap\n...");
//   helm.set_status({"istiod", "istio-system"}, kube::ReleaseStatus::pending_upgrade);  // "killed"
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "lib/kube/helm.h"
#include "lib/testkit/fake_cluster.h"

namespace weft::testkit {

class FakeHelm : public kube::Helm {
 public:
  explicit FakeHelm(FakeCluster& cluster) : cluster_(cluster) {}

  // `source` is what Chart::source says; later calls replace the chart.
  FakeHelm& chart(const std::string& source, const std::string& name, const std::string& version,
                  const std::string& manifests, const std::string& crds = {},
                  const std::string& values = {});
  // The next call of that verb (upgrade, rollback, uninstall, list, history, status, values,
  // render, show, pull) fails. An upgrade that fails leaves a failed revision.
  FakeHelm& fail(const std::string& verb, base::Error error);
  void set_status(const kube::ReleaseName& name, kube::ReleaseStatus status);  // of the newest
  // What changed something: "upgrade istio-system/istiod 1.30.3".
  const std::vector<std::string>& calls() const { return calls_; }

  base::Result<kube::ReleaseDetail> upgrade(const kube::Upgrade& what) override;
  base::Result<void> rollback(const kube::Rollback& what) override;
  base::Result<void> uninstall(const kube::Uninstall& what) override;
  base::Result<std::vector<kube::Release>> list(const std::string& ns,
                                                const std::string& selector = {}) override;
  base::Result<std::vector<kube::Revision>> history(const kube::ReleaseName& name) override;
  base::Result<kube::ReleaseDetail> status(const kube::ReleaseName& name,
                                           int revision = 0) override;
  base::Result<doc::Value> values(const kube::ReleaseName& name, int revision = 0,
                                  bool all = false) override;
  base::Result<kube::Objects> render(const kube::Template& what) override;
  base::Result<doc::Value> show_chart(const kube::Chart& chart) override;
  base::Result<doc::Value> show_values(const kube::Chart& chart) override;
  base::Result<kube::Objects> show_crds(const kube::Chart& chart) override;
  base::Result<std::string> pull(const kube::Chart& chart, const std::string& folder) override;

 private:
  struct FakeChart {
    std::string name, version, manifests, crds, values;
  };
  struct FakeRevision {
    kube::ReleaseDetail detail;
    std::string chart, chart_version;
    doc::Value values;
    std::map<std::string, std::string> labels;
  };
  using Key = std::pair<std::string, std::string>;  // namespace, release

  base::Result<void> pass(const std::string& verb);
  base::Result<const FakeChart*> find_chart(const kube::Chart& chart) const;
  // The objects of a revision as the cluster has them.
  static base::Result<kube::Objects> placed(const std::string& manifest, const std::string& ns);
  base::Result<void> switch_to(const std::string& manifest, const std::string& before,
                               const std::string& ns);

  FakeCluster& cluster_;
  std::map<std::string, FakeChart> charts_;
  std::map<Key, std::vector<FakeRevision>> releases_;
  std::map<std::string, std::vector<base::Error>> failures_;
  std::vector<std::string> calls_;
};

}  // namespace weft::testkit
