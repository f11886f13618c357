// helm as an interface and the driver of the program, majors 3 and 4.
//
//   WEFT_TRY(plan, helm.upgrade({.release = "istiod", .ns = "istio-system",
//                                .chart = {.source = "charts/istiod"}, .values = values,
//                                .dry_run = DryRun::server}));
//   WEFT_TRY(objects, plan.objects());
//
// Values go by standard input, never by argument. Nothing waits for readiness (hooks are waited
// for by helm itself): wait.h does that. helm gets folders of its own: the user's list of
// repositories is neither read nor changed. Failures: errors.h.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "lib/kube/release.h"
#include "lib/kube/tools.h"
#include "lib/proc/runner.h"

namespace weft::kube {

struct ReleaseName {
  std::string release;
  std::string ns;
};

struct Chart {
  std::string source;   // a folder, a .tgz, oci://host/path, or a name in `repo`
  std::string repo;     // URL of a repository; "" for the other three
  std::string version;  // exact or a range; "" is the newest (repository and oci only)
};

enum class DryRun { none, client, server };

struct Upgrade {
  std::string release;
  std::string ns;
  Chart chart;
  doc::Value values;  // all of them: nothing is taken over from the revision before
  bool create_namespace = true;
  std::map<std::string, std::string> labels;  // of the release; helm >= 3.13
  std::string description;
  DryRun dry_run = DryRun::none;
  bool skip_crds = true;         // crds.h applies them
  bool take_ownership = false;   // adopt objects that exist; helm >= 3.17
  bool force_conflicts = false;  // helm 4: take fields over from every manager
  // helm 4: when it stops at conflicts and each field is one of these, it is run again with force.
  // "caBundle" is the last part of a field, "namespaceSelector*" also anything below it.
  std::vector<std::string> forceable;
  base::Nanoseconds timeout = std::chrono::minutes(5);  // of each hook
};

struct Template {
  std::string release;
  std::string ns;
  Chart chart;
  doc::Value values;
  std::string kubernetes_version;         // "1.34.0"; "" is helm's own idea
  std::vector<std::string> api_versions;  // "gateway.networking.k8s.io/v1/GatewayClass"
  bool include_crds = false;
};

struct Rollback {
  std::string release;
  std::string ns;
  int revision = 0;  // 0 is the one before
  bool force_conflicts = false;
  base::Nanoseconds timeout = std::chrono::minutes(5);
};

struct Uninstall {
  std::string release;
  std::string ns;
  bool keep_history = false;
  bool dry_run = false;
  std::string description;
  base::Nanoseconds timeout = std::chrono::minutes(5);  // of each hook
};

class Helm {
 public:
  virtual ~Helm() = default;

  // Installs what is not there. A pending or foreign release is an error of its class.
  virtual base::Result<ReleaseDetail> upgrade(const Upgrade& what) = 0;
  virtual base::Result<void> rollback(const Rollback& what) = 0;
  // A release that is not there is no error.
  virtual base::Result<void> uninstall(const Uninstall& what) = 0;

  // Of every status. `ns` "" is all namespaces; `selector` is for the labels of releases.
  virtual base::Result<std::vector<Release>> list(const std::string& ns,
                                                  const std::string& selector = {}) = 0;
  // Oldest first; empty when there is no such release.
  virtual base::Result<std::vector<Revision>> history(const ReleaseName& name) = 0;
  // The newest revision, or the one asked for; failure release_missing.
  virtual base::Result<ReleaseDetail> status(const ReleaseName& name, int revision = 0) = 0;
  // The values given by the user, or with `all` the computed ones. A map.
  virtual base::Result<doc::Value> values(const ReleaseName& name, int revision = 0,
                                          bool all = false) = 0;

  // Works without a cluster. Hooks come last.
  virtual base::Result<Objects> render(const Template& what) = 0;
  virtual base::Result<doc::Value> show_chart(const Chart& chart) = 0;  // Chart.yaml
  virtual base::Result<doc::Value> show_values(const Chart& chart) = 0;
  virtual base::Result<Objects> show_crds(const Chart& chart) = 0;  // of crds/
  // Fetches a chart as .tgz into `folder`, which is empty and exists; its path.
  virtual base::Result<std::string> pull(const Chart& chart, const std::string& folder) = 0;
};

struct HelmOptions {
  Program program;
  std::string context;     // "" is the current one
  std::string kubeconfig;  // "" is $KUBECONFIG or ~/.kube/config
  std::string home;        // folder for cache, config and data; "" leaves helm to the user's own
  const base::StopFlag* stop = nullptr;
  // What is odd about a chart, though it can be used.
  std::function<void(const std::string&)> warn = [](const std::string&) {};
};

class HelmCli : public Helm {
 public:
  HelmCli(proc::Runner& runner, HelmOptions options)
      : runner_(runner), options_(std::move(options)) {}

  base::Result<ReleaseDetail> upgrade(const Upgrade& what) override;
  base::Result<void> rollback(const Rollback& what) override;
  base::Result<void> uninstall(const Uninstall& what) override;
  base::Result<std::vector<Release>> list(const std::string& ns,
                                          const std::string& selector) override;
  base::Result<std::vector<Revision>> history(const ReleaseName& name) override;
  base::Result<ReleaseDetail> status(const ReleaseName& name, int revision) override;
  base::Result<doc::Value> values(const ReleaseName& name, int revision, bool all) override;
  base::Result<Objects> render(const Template& what) override;
  base::Result<doc::Value> show_chart(const Chart& chart) override;
  base::Result<doc::Value> show_values(const Chart& chart) override;
  base::Result<Objects> show_crds(const Chart& chart) override;
  base::Result<std::string> pull(const Chart& chart, const std::string& folder) override;

 private:
  proc::Command command(std::vector<std::string> words) const;
  // One that changes the cluster and may wait for hooks.
  proc::Command change(std::vector<std::string> words, base::Nanoseconds timeout) const;
  base::Result<std::string> show(const char* part, const Chart& chart);
  base::Result<proc::Finished> run(const std::string& what, const proc::Command& command);

  proc::Runner& runner_;
  HelmOptions options_;
};

}  // namespace weft::kube
