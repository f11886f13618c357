// The cluster as a command sees it: the shared flags, and the session made from them.
//
//   struct Options { ClusterFlags cluster; ... };
//   .flags = with_cluster_flags(options->cluster, {cli::flag("--mode", ...), ...})
//
//   WEFT_TRY(session, open_session(context, options.cluster, Tools::kubectl_and_helm));
//   WEFT_TRY(pods, session.cluster().list({.resource = "pods"}));
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cmd/context.h"
#include "lib/cli/command.h"
#include "lib/kube/helm.h"
#include "lib/kube/kubectl.h"

namespace weft::cmd {

struct ClusterFlags {
  std::string context;
  std::string kubeconfig;
  std::string ns;  // -n: what it means is the command's business
  std::string kubectl = "kubectl";
  std::string helm = "helm";
  base::Nanoseconds timeout = std::chrono::minutes(10);  // of the whole command
};
// `flags` and behind them those of ClusterFlags.
std::vector<cli::Flag> with_cluster_flags(ClusterFlags& target, std::vector<cli::Flag> flags);

enum class Tools { kubectl, kubectl_and_helm };

class Session {
 public:
  kube::Cluster& cluster() { return *cluster_; }
  kube::Kubectl& kubectl() { return *cluster_; }
  kube::Helm& helm() { return *helm_; }  // demands Tools::kubectl_and_helm
  const kube::Program& kubectl_program() const { return kubectl_; }
  const kube::Program& helm_program() const { return *helm_program_; }
  const std::string& context_name() const { return context_name_; }
  // Until when the whole command may take.
  base::MonoTime deadline() const { return deadline_; }
  base::Nanoseconds left(const base::Clock& clock) const { return deadline_ - clock.monotonic(); }

 private:
  friend base::Result<Session> open_session(Context&, const ClusterFlags&, Tools);
  kube::Program kubectl_;
  std::optional<kube::Program> helm_program_;
  std::string context_name_;
  base::MonoTime deadline_;
  std::unique_ptr<proc::Runner> runner_;  // shows commands with --verbose
  std::unique_ptr<kube::Kubectl> cluster_;
  std::unique_ptr<kube::Helm> helm_;
};

// Finds the tools and the context; does not talk to the cluster yet. With --verbose every external
// command is shown, ready to paste.
base::Result<Session> open_session(Context& context, const ClusterFlags& flags, Tools tools);

}  // namespace weft::cmd
