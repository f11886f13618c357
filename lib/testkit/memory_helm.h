// helm that keeps releases in memory and their objects in a FakeCluster: a chart is a text of
// manifests, a release its history; what a release holds is added to and removed from the cluster
// given. No templates: values change nothing.
//
//   testkit::MemoryHelm helm(cluster);
//   helm.chart("charts/istiod", "apiVersion: v1\nkind: ConfigMap\n...");
//   helm.fail("upgrade istiod", base::Error{...});     // the next one fails like that
#pragma once

#include <map>
#include <string>
#include <vector>

#include "lib/kube/helm.h"
#include "lib/testkit/fake_cluster.h"

namespace weft::testkit {

class MemoryHelm : public kube::Helm {
 public:
  explicit MemoryHelm(FakeCluster& cluster) : cluster_(cluster) {}

  MemoryHelm& chart(const std::string& source, std::string manifest);
  // The next call "upgrade RELEASE", "rollback RELEASE" or "uninstall RELEASE" fails; the release
  // is left as `leaves`, as a killed or failed helm would.
  MemoryHelm& fail(const std::string& call, base::Error error,
                   kube::ReleaseStatus leaves = kube::ReleaseStatus::failed);
  // A release as another run left it.
  MemoryHelm& leave(const kube::ReleaseName& name, kube::ReleaseStatus status);

  // What changed something: "upgrade istiod", "rollback istiod 1", "uninstall istiod".
  const std::vector<std::string>& calls() const { return calls_; }

  base::Result<kube::ReleaseDetail> upgrade(const kube::Upgrade& what) override;
  base::Result<void> rollback(const kube::Rollback& what) override;
  base::Result<void> uninstall(const kube::Uninstall& what) override;
  base::Result<std::vector<kube::Release>> list(const std::string& ns,
                                                const std::string& selector) override;
  base::Result<std::vector<kube::Revision>> history(const kube::ReleaseName& name) override;
  base::Result<kube::ReleaseDetail> status(const kube::ReleaseName& name, int revision) override;
  base::Result<doc::Value> values(const kube::ReleaseName& name, int revision, bool all) override;
  base::Result<kube::Objects> render(const kube::Template& what) override;
  base::Result<doc::Value> show_chart(const kube::Chart& chart) override;
  base::Result<doc::Value> show_values(const kube::Chart& chart) override;
  base::Result<kube::Objects> show_crds(const kube::Chart& chart) override;
  base::Result<std::string> pull(const kube::Chart& chart, const std::string& folder) override;

 private:
  struct Entry {
    kube::Revision revision;
    std::string manifest;
    doc::Value values;
  };
  struct Failure {
    base::Error error;
    kube::ReleaseStatus leaves;
  };
  using Key = std::pair<std::string, std::string>;  // namespace, release

  base::Result<void> pass(const std::string& call, const Key& key);
  base::Result<std::string> manifest_of(const kube::Chart& chart) const;
  void deploy(const Key& key, Entry entry);

  FakeCluster& cluster_;
  std::map<std::string, std::string> charts_;
  std::map<Key, std::vector<Entry>> releases_;
  std::map<std::string, Failure> failures_;
  std::vector<std::string> calls_;
};

}  // namespace weft::testkit
