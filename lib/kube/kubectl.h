// The Cluster behind kubectl. It always says which context, namespace and deadline it means, and
// gives objects on standard input: nothing secret stands in an argument list.
#pragma once

#include "lib/kube/cluster.h"
#include "lib/proc/runner.h"

namespace weft::kube {

struct KubectlOptions {
  std::string program = "kubectl";  // a name on the PATH or a path
  std::string context;              // "" is the current one of the kubeconfig
  std::string kubeconfig;           // "" is $KUBECONFIG or ~/.kube/config
  base::Nanoseconds request_timeout = std::chrono::seconds(15);  // of one request to the server
  base::Nanoseconds deadline = std::chrono::seconds(60);         // of one call of kubectl
  const base::StopFlag* stop = nullptr;
};

class Kubectl : public Cluster {
 public:
  Kubectl(proc::Runner& runner, KubectlOptions options)
      : runner_(runner), options_(std::move(options)) {}

  base::Result<Objects> list(const Query& query) override;
  base::Result<std::vector<std::optional<Object>>> get_each(const std::vector<Ref>& refs) override;
  base::Result<Objects> apply(const Objects& objects, const Apply& how) override;
  base::Result<void> remove(const std::vector<Ref>& refs, const Delete& how) override;
  base::Result<void> patch(const Ref& ref, PatchType type, const doc::Value& patch) override;
  base::Result<std::vector<bool>> may(const std::vector<Access>& accesses) override;
  base::Result<std::string> raw(const std::string& path) override;
  base::Result<ServerInfo> server() override;
  base::Result<std::string> context_name() override;
  // The objects of a kustomize folder.
  base::Result<Objects> kustomize(const std::string& folder);

 private:
  proc::Command command(std::vector<std::string> words) const;
  std::string request_timeout() const;
  // Runs it; `what` begins the error of a failure: "cannot list pods".
  base::Result<proc::Finished> run(const std::string& what, const proc::Command& command);

  proc::Runner& runner_;
  KubectlOptions options_;
};

}  // namespace weft::kube
