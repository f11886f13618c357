// Suites in a cluster, by kubectl alone: applications are pods of `weft serve`, requests are sent
// by `kubectl exec ... weft probe`, arrivals are read by `kubectl exec ... weft journal`. Nothing
// needs a way into the cluster's network.
//
// A stage is a namespace "weft-<run>-<n>". Everything in it carries the labels weft.dev/run and
// weft.dev/expires, and is noted in a journal before it is made; a Lease in it, renewed as long as
// the run goes on, tells runs that live from what dead ones left (remains.h).
#pragma once

#include <map>
#include <memory>
#include <mutex>

#include "lib/base/clock.h"
#include "lib/base/stop.h"
#include "lib/conform/driver.h"
#include "lib/conform/mesh_recipe.h"
#include "lib/conform/run_journal.h"
#include "lib/kube/cluster.h"
#include "lib/proc/runner.h"

namespace weft::conform {

inline constexpr std::string_view kRunLabel = "weft.dev/run";
inline constexpr std::string_view kExpiresLabel = "weft.dev/expires";  // seconds since 1970
inline constexpr std::string_view kKeptLabel = "weft.dev/kept";
inline constexpr std::string_view kLease = "weft-run";
inline constexpr auto kLeaseTime = std::chrono::seconds(60);

struct KubectlOptions {
  std::string run;                   // id
  std::string image = "weft";        // with weft as its entry point
  std::vector<std::string> kubectl;  // the program with its flags for context and credentials
  MeshRecipe mesh;
  RunJournal* journal = nullptr;
  bool parallel_runs = false;  // although another run goes on
  // "namespace/name" of a Secret of a registry, for the images; empty: they are had without one.
  std::string pull_secret{};
  // Nobody may exec: each probe is a pod of its own, and journals are read from logs.
  bool by_pods = false;
  std::int64_t timeout_scale = 1;  // time-outs are so many times as long
  base::Nanoseconds ready_timeout = std::chrono::minutes(5);
  base::Nanoseconds lifetime = std::chrono::hours(2);
};

class KubectlStage;

class KubectlDriver final : public Driver {
 public:
  // `cluster` works on after a stop, to remove what was made; `runner` is used by several threads.
  KubectlDriver(KubectlOptions options, kube::Cluster& cluster, proc::Runner& runner,
                const base::Clock& clock, const base::StopFlag& stop);
  ~KubectlDriver() override;

  base::Result<Served> served() override;
  // Errors: what the user may not do, another run that goes on.
  base::Result<void> check(const std::vector<SuiteSpec>& suites) override;
  base::Result<Stage*> stage(const SuiteSpec& suite) override;
  void describe(Run& run) override;
  base::Result<std::string> raw(const std::string& path) override { return cluster_.raw(path); }
  std::vector<std::string> stop(const std::set<std::string>& kept) override;

 private:
  friend class KubectlStage;
  class Heart;  // renews the leases

  kube::Object labelled(kube::Object object) const;
  // A copy for that namespace.
  base::Result<kube::Object> pull_secret(const std::string& ns) const;
  // Notes the objects, applies them, notes their uids.
  base::Result<void> apply(const kube::Objects& objects);

  KubectlOptions options_;
  kube::Cluster& cluster_;
  proc::Runner& runner_;
  const base::Clock& clock_;
  const base::StopFlag& stop_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<KubectlStage>> stages_;
  std::unique_ptr<Heart> heart_;
};

// What a run needs to be allowed: rules of a ClusterRole that has no more.
std::vector<kube::Access> needed_access(const std::vector<SuiteSpec>& suites,
                                        const MeshRecipe& mesh, const std::string& pull_secret = {},
                                        bool by_pods = false);
doc::Value role_for(const std::vector<kube::Access>& accesses);

}  // namespace weft::conform
