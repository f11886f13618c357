#include "cmd/cluster_context.h"

#include <cstdlib>
#include <future>
#include <mutex>
#include <ostream>

#include "lib/base/format.h"

namespace weft::cmd {
namespace {

using base::Result;

// Shows each command before it runs; calls may come from several threads.
class TellingRunner : public proc::Runner {
 public:
  TellingRunner(proc::Runner& runner, std::ostream& err) : runner_(runner), err_(err) {}

  Result<proc::Finished> run(const proc::Command& command) override {
    {
      const std::lock_guard lock(mutex_);
      err_ << fmt::format("+ {}\n", command.text());
    }
    return runner_.run(command);
  }
  std::optional<std::string> find(const std::string& program) const override {
    return runner_.find(program);
  }

 private:
  proc::Runner& runner_;
  std::ostream& err_;
  std::mutex mutex_;
};

// The name of the kubeconfig's current context; empty inside a pod, where there is no kubeconfig.
std::string current_context(proc::Runner& runner, const kube::KubectlOptions& options) {
  kube::Kubectl kubectl(runner, options);
  return kubectl.context_name().value_or({});
}

// kubectl and helm are written in Go. Short calls take 10 to 20 % less time when they collect
// garbage more seldom, up to half a gigabyte; what the user has set stays.
void hasten_tools() {
  ::setenv("GOGC", "400", 0);
  ::setenv("GOMEMLIMIT", "512MiB", 0);
}

}  // namespace

std::vector<cli::Flag> with_cluster_flags(ClusterFlags& target, std::vector<cli::Flag> flags) {
  const auto add = [&flags](cli::Flag&& flag) { flags.push_back(std::move(flag).in("Cluster")); };
  add(cli::flag("--context", target.context, "context of the kubeconfig (default: its current one)")
          .takes("NAME")
          .from_config("cluster.context"));
  add(cli::flag("--kubeconfig", target.kubeconfig, "kubeconfig file (default: $KUBECONFIG)")
          .takes("FILE")
          .from_config("cluster.kubeconfig"));
  add(cli::flag("--namespace", target.ns, "namespace").as('n').takes("NAME"));
  add(cli::flag("--timeout", target.timeout, "limit for the whole command")
          .from_config("cluster.timeout"));
  add(cli::flag("--kubectl", target.kubectl, "the kubectl to use")
          .takes("PATH")
          .from_config("cluster.kubectl"));
  add(cli::flag("--helm", target.helm, "the helm to use")
          .takes("PATH")
          .from_config("cluster.helm"));
  return flags;
}

Result<Session> open_session(Context& context, const ClusterFlags& flags, Tools tools) {
  Session session;
  hasten_tools();
  session.deadline_ = context.clock.monotonic() + flags.timeout;
  if (context.verbose > 0)
    session.runner_ = std::make_unique<TellingRunner>(context.runner, context.err);
  proc::Runner& runner = session.runner_ ? *session.runner_ : context.runner;
  kube::KubectlOptions options{.program = flags.kubectl,
                               .context = flags.context,
                               .kubeconfig = flags.kubeconfig,
                               .stop = &context.stop};
  // Side by side: starting the programs is most of the time. Without helm nobody asks it.
  auto find_helm = std::async(tools == Tools::kubectl ? std::launch::deferred : std::launch::async,
                              [&] { return kube::find_helm(runner, flags.helm, &context.stop); });
  // Named once and given to every call: both tools then mean the same cluster to the end.
  auto name_context = std::async(std::launch::async, [&] {
    return options.context.empty() ? current_context(runner, options) : options.context;
  });
  WEFT_TRY(kubectl, kube::find_kubectl(runner, flags.kubectl, &context.stop));
  session.kubectl_ = std::move(kubectl);
  session.context_name_ = name_context.get();
  options.context = session.context_name_;
  session.cluster_ = std::make_unique<kube::Kubectl>(runner, options);
  if (tools == Tools::kubectl) return session;
  WEFT_TRY(helm, find_helm.get());
  session.helm_program_ = helm;
  session.helm_ = std::make_unique<kube::HelmCli>(
      runner, kube::HelmOptions{.program = std::move(helm),
                                .context = options.context,
                                .kubeconfig = options.kubeconfig,
                                .home = context.env.cache_dir() + "/helm",
                                .stop = &context.stop,
                                .warn = [&context, mutex = std::make_shared<std::mutex>()](
                                            const std::string& text) {
                                  const std::lock_guard lock(*mutex);
                                  if (!context.quiet) context.err << "warning: " << text << '\n';
                                }});
  return session;
}

}  // namespace weft::cmd
