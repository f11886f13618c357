// A namespace of a cluster with the applications of one fixture: the stage of KubectlDriver.
#pragma once

#include <atomic>

#include "lib/conform/kubectl_driver.h"
#include "lib/conform/pod_session.h"

namespace weft::conform {

inline constexpr std::string_view kContainer = "weft";  // of the pods of applications
inline constexpr std::string_view kPullSecret = "weft-pull";

class KubectlStage final : public Stage {
 public:
  KubectlStage(KubectlDriver& driver, std::string ns) : driver_(driver), ns_(std::move(ns)) {}

  // Applications with `lease` beside them; returns when they are ready.
  base::Result<void> start(const SuiteSpec& suite, kube::Object lease);

  std::string ns() const override { return ns_; }
  base::Result<void> apply(const kube::Objects& objects) override;
  base::Result<void> remove(const std::vector<kube::Ref>& refs) override;
  base::Result<std::optional<kube::Object>> get(const kube::Ref& ref) override;
  base::Result<void> scale(const std::string& app, std::uint64_t replicas) override;
  base::Result<void> restart(const std::string& app) override;
  base::Result<std::string> probe(const std::string& app, const ProbePlan& plan) override;
  base::Result<std::vector<Arrival>> arrivals(const std::string& nonce) override;
  base::Result<std::string> raw(const std::string& path) override { return driver_.raw(path); }
  std::string evidence() override;
  // Ends what goes on in its pods.
  void close();

 private:
  // A copy in each namespace, and pods that use it.
  base::Result<void> add_pull_secret(kube::Objects& objects);
  base::Nanoseconds overhead() const;  // of an exec
  std::string space_of(const std::string& app) const;
  kube::Ref deployment(const std::string& app) const;
  base::Result<void> wait_until_ready(const std::vector<kube::Ref>& workloads);
  base::Result<void> find_pods();
  std::vector<std::string> pods_of(const std::string& app);
  // What weft in a pod is to do: as a request to the one that runs there (probe_service.h), and as
  // a program of its own, where that cannot be had.
  struct Job {
    std::string request;
    std::vector<std::string> argv;
    std::string input;
    base::Nanoseconds timeout;
  };
  base::Result<std::string> run(const std::string& app, const std::string& pod, const Job& job);
  base::Result<std::string> exec(const std::string& app, const std::string& pod, const Job& job);
  std::vector<std::string> command_in(const std::string& app, const std::string& pod,
                                      const std::vector<std::string>& argv) const;
  std::shared_ptr<PodSession> session_of(const std::string& app, const std::string& pod);
  // Instead of exec, where by_pods is set (probe_pods.cpp).
  base::Result<std::string> probe_by_pod(const std::string& app, const ProbePlan& plan);
  base::Result<std::string> told_by_kubelet(const std::string& app, const std::string& nonce);
  base::Result<std::string> output_of(const kube::Ref& pod, base::Nanoseconds most);
  base::Result<std::vector<Arrival>> arrivals_in_logs(const std::string& nonce);
  base::Result<std::string> logs(const std::string& ns, const std::string& pod);
  // What kubectl prints, for people.
  std::string ask(std::vector<std::string> words);

  KubectlDriver& driver_;
  std::string ns_;
  std::map<std::string, std::string> apps_;  // with their namespaces
  FixtureSpec fixture_;
  std::atomic<unsigned> probes_ = 0;  // pods that were made for probes
  std::mutex mutex_;
  std::map<std::string, std::vector<std::string>> pods_;         // of the applications
  std::map<std::string, std::shared_ptr<PodSession>> sessions_;  // by pod
  std::set<std::string> without_session_;                        // pods
};

}  // namespace weft::conform
