#include "lib/conform/local_driver.h"

#include <algorithm>
#include <csignal>
#include <filesystem>

#include "lib/base/format.h"
#include "lib/base/number.h"
#include "lib/base/text.h"

namespace weft::conform {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;

const Served& newest_kinds() {
  static const Served all{{"access.smi-spec.io/TrafficTarget", {"v1alpha3"}},
                          {"specs.smi-spec.io/HTTPRouteGroup", {"v1alpha4"}},
                          {"specs.smi-spec.io/TCPRoute", {"v1alpha4"}},
                          {"split.smi-spec.io/TrafficSplit", {"v1alpha4"}},
                          {"gateway.networking.k8s.io/HTTPRoute", {"v1"}},
                          {"gateway.networking.k8s.io/GRPCRoute", {"v1"}},
                          {"gateway.networking.k8s.io/ReferenceGrant", {"v1beta1"}}};
  return all;
}

}  // namespace

std::string missing_for_local(const proc::Runner& runner, bool is_root) {
  if (!is_root) return "network namespaces need root";
  for (const char* program : {"ip", "nginx"})
    if (!runner.find(program)) return fmt::format("{} is not installed", program);
  return {};
}

LocalDriver::LocalDriver(LocalOptions options, proc::Runner& runner)
    : options_(std::move(options)), runner_(runner) {
  if (options_.served.empty()) options_.served = newest_kinds();
}

Result<void> LocalDriver::check(const std::vector<SuiteSpec>& suites) {
  for (const SuiteSpec& suite : suites) {
    auto speeches = speeches_of(suite);
    speeches.erase(Speech::h2c);
    if (!speeches.empty() && options_.envoy.empty() && nginx_stream_module().empty())
      return Error{ExitCode::tool, fmt::format("{} needs nginx's stream module", suite.name),
                   "install it (Debian: libnginx-mod-stream), or leave this suite out"};
  }
  return {};
}

Result<Stage*> LocalDriver::stage(const SuiteSpec& suite) {
  LocalStage* stage = nullptr;
  {
    const std::lock_guard lock(mutex_);
    stages_.push_back(std::make_unique<LocalStage>(
        options_, fmt::format("{}-{}", options_.name, stages_.size() + 1), runner_));
    stage = stages_.back().get();
  }
  WEFT_CHECK(stage->start(suite));
  return static_cast<Stage*>(stage);
}

Result<std::string> LocalDriver::raw(const std::string& path) {
  return metrics_text(ReferenceMesh({}), path, {});
}

// Nothing is kept: processes do not outlive the one that waits for them.
std::vector<std::string> LocalDriver::stop(const std::set<std::string>&) {
  std::vector<std::string> left;
  for (const auto& stage : stages_) std::ranges::move(stage->stop(), std::back_inserter(left));
  stages_.clear();
  return left;
}

std::vector<std::string> clean_local(const JournalFile& journal, proc::Runner& runner) {
  const auto ip = [&](std::vector<std::string> words) {
    words.insert(words.begin(), {"ip", "netns"});
    return runner.run({.argv = std::move(words)});
  };
  std::vector<std::string> left;
  for (const Made& made : journal.made) {
    if (made.kind != kNetworkNamespace) continue;
    std::error_code none;
    std::filesystem::remove_all("/etc/netns/" + made.name, none);
    if (!std::filesystem::exists("/run/netns/" + made.name, none)) continue;
    const auto pids = ip({"pids", made.name});
    for (const std::string_view pid : base::split(pids.ok() ? pids->out : "", '\n'))
      if (const auto number = base::parse_int(base::trim(pid)); number && *number > 1)
        ::kill(static_cast<pid_t>(*number), SIGKILL);
    const auto gone = ip({"delete", made.name});
    if (!gone.ok() || gone->exit_code != 0) left.push_back("network namespace " + made.name);
  }
  for (const Made& made : journal.made) {  // no process writes there any more
    std::error_code failed;
    if (made.kind == kFolder) std::filesystem::remove_all(made.name, failed);
    if (failed) left.push_back("folder " + made.name);
  }
  return left;
}

}  // namespace weft::conform
