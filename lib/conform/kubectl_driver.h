// A suite in a cluster, by kubectl alone: applications are pods of `weft serve`, requests are sent
// by `kubectl exec ... weft probe`, arrivals are read by `kubectl exec ... weft journal`. Nothing
// needs a way into the cluster's network.
//
// Everything it makes carries the labels weft.dev/run and weft.dev/expires, and is noted in a file
// before it is made, so that clean() finds it after the program was killed.
#pragma once

#include <map>
#include <optional>

#include "lib/base/clock.h"
#include "lib/base/stop.h"
#include "lib/conform/driver.h"
#include "lib/kube/cluster.h"
#include "lib/proc/runner.h"

namespace weft::conform {

inline constexpr std::string_view kRunLabel = "weft.dev/run";
inline constexpr std::string_view kExpiresLabel = "weft.dev/expires";  // seconds since 1970

struct KubectlOptions {
  std::string run;                   // id; the namespace is "weft-<run>"
  std::string image = "weft";        // with weft as its entry point
  std::vector<std::string> kubectl;  // the program with its flags for context and credentials
  // What makes the mesh put its proxy beside a pod, on the namespace.
  std::map<std::string, std::string> namespace_labels, namespace_annotations;
  std::string journal;  // file in which made objects are noted
  base::Nanoseconds ready_timeout = std::chrono::minutes(5);
  base::Nanoseconds lifetime = std::chrono::hours(2);
};

class KubectlDriver final : public Driver {
 public:
  KubectlDriver(KubectlOptions options, kube::Cluster& cluster, proc::Runner& runner,
                const base::Clock& clock, const base::StopFlag& stop);

  base::Result<Served> served() override;
  std::string ns() const override;
  base::Result<void> start(const SuiteSpec& suite) override;
  base::Result<void> apply(const kube::Object& object) override;
  base::Result<void> remove(const kube::Ref& ref) override;
  base::Result<std::optional<kube::Object>> get(const kube::Ref& ref) override;
  base::Result<void> scale(const std::string& app, std::uint64_t replicas) override;
  base::Result<void> restart(const std::string& app) override;
  base::Result<std::string> probe(const std::string& app, const ProbePlan& plan) override;
  base::Result<std::vector<Arrival>> arrivals(const std::string& app,
                                              const std::string& nonce) override;
  base::Result<std::string> raw(const std::string& path) override;
  std::vector<std::string> stop() override;

 private:
  std::string space_of(const std::string& app) const;
  kube::Ref deployment(const std::string& app) const;
  base::Result<void> wait_until_ready(const std::vector<kube::Ref>& workloads);
  kube::Object labelled(kube::Object object) const;
  base::Result<void> note(const kube::Ref& ref);
  base::Result<std::string> exec(const std::string& app, std::vector<std::string> argv,
                                 std::string input, base::Nanoseconds timeout);

  KubectlOptions options_;
  kube::Cluster& cluster_;
  proc::Runner& runner_;
  const base::Clock& clock_;
  const base::StopFlag& stop_;
  std::string noted_;
  std::string suite_;                          // whose fixture stands
  std::map<std::string, std::string> spaces_;  // of the applications
};

// Namespaces of conformance runs, by their labels alone.
struct Remains {
  std::string ns;
  std::string run;
  std::optional<base::WallTime> expires;
};
base::Result<std::vector<Remains>> find_remains(kube::Cluster& cluster);

}  // namespace weft::conform
