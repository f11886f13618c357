// Proxies of a stage on this machine: what is written for them, and when they have read it.
#include <algorithm>
#include <csignal>

#include "lib/base/file.h"
#include "lib/base/format.h"
#include "lib/base/number.h"
#include "lib/base/text.h"
#include "lib/conform/envoy.h"
#include "lib/conform/local_stage.h"

namespace weft::conform {
namespace {

using namespace std::chrono_literals;
using base::Error;
using base::ExitCode;
using base::Result;

constexpr auto kStale = 500ms;

}  // namespace

std::vector<std::string> LocalStage::workers_of(const std::string& app) const {
  std::vector<std::string> out;
  const auto pid = base::read_file(file(app, ".pid"), 64);
  if (!pid.ok()) return out;
  const std::string master(base::trim(*pid));
  const auto children = base::read_file(fmt::format("/proc/{0}/task/{0}/children", master), 4096);
  if (!children.ok()) return out;
  for (const std::string_view child : base::split(*children, ' ')) {
    const std::string worker(base::trim(child));
    const auto title = base::read_file("/proc/" + worker + "/cmdline", 4096);
    if (!worker.empty() && title.ok() && title->find("shutting down") == std::string::npos)
      out.push_back(worker);
  }
  return out;
}

std::vector<std::string> LocalStage::proxy_command(const std::string& app) const {
  if (options_.envoy.empty()) return {"nginx", "-c", file(app, ".conf"), "-e", file(app, ".log")};
  return {options_.envoy,
          "--config-path",
          file(app, ".conf"),
          "--log-path",
          file(app, ".log"),
          "--log-level",
          "error",
          "--concurrency",
          "1",
          "--drain-time-s",
          "1",
          "--disable-hot-restart"};
}

// Envoy itself notices that a file was replaced.
Result<void> LocalStage::configure_envoy(const std::string& app) {
  const EnvoyFiles files{file(app, ".clusters.json"), file(app, ".listeners.json")};
  const EnvoyConfig config = envoy_config(mesh_, app, files, {authority_->root(), certificates_});
  std::string text = config.clusters + config.listeners;
  std::string& before = configs_[app].all;
  if (before == text) return {};
  if (before.empty()) WEFT_CHECK(base::write_file(file(app, ".conf"), config.bootstrap));
  before = std::move(text);
  WEFT_CHECK(base::write_file(files.clusters, config.clusters, base::Access::owner));
  return base::write_file(files.listeners, config.listeners, base::Access::owner);
}

Result<void> LocalStage::configure(const std::string& client) {
  std::vector<std::pair<std::string, std::vector<std::string>>> changing;
  for (const AppSpec& app : apps_) {
    if (!options_.envoy.empty()) {
      WEFT_CHECK(configure_envoy(app.name));
      continue;
    }
    const std::string text =
        nginx_config(folder_, app.name, mesh_.config(app.name), mesh_.streams(app.name));
    std::string inbound = mesh_.inbound(app.name);
    const auto before = configs_.find(app.name);
    const bool reload = before != configs_.end();
    const bool counts = !reload || app.name == client || before->second.inbound != inbound;
    if (!counts || (reload && before->second.all == text)) continue;
    configs_[app.name] = {text, std::move(inbound)};
    if (reload && mesh_.is_broken("stale-config")) {
      late_.emplace_back([this, name = app.name, text, number = late_.size() + 1] {
        std::this_thread::sleep_for(kStale);
        const std::lock_guard lock(late_mutex_);
        if (written_[name] < number) static_cast<void>(write_config(name, text, true));
        written_[name] = std::max(written_[name], number);
      });
      continue;
    }
    if (reload) changing.emplace_back(app.name, workers_of(app.name));
    WEFT_CHECK(write_config(app.name, text, reload));
  }
  for (const auto& [app, before] : changing) wait_for_change(app, before);
  for (const AppSpec& app : apps_) {
    std::string text = mesh_.hosts(app.name);
    if (text == hosts_[app.name]) continue;
    WEFT_CHECK(base::write_file(fmt::format("/etc/netns/{}/hosts", space(app.name)), text));
    hosts_[app.name] = std::move(text);
  }
  return {};
}

// For a tenth of a second nginx's old workers take connections beside the new ones: an accident of
// reloading that is none of the behaviours to be found.
void LocalStage::wait_for_change(const std::string& app, const std::vector<std::string>& before) {
  for (int i = 0; i < 200; ++i) {
    const auto now = workers_of(app);
    const bool old = std::ranges::any_of(
        before, [&](const std::string& worker) { return std::ranges::count(now, worker) > 0; });
    if (!old && !now.empty()) return;
    std::this_thread::sleep_for(10ms);
  }
}

Result<void> LocalStage::write_config(const std::string& app, const std::string& text,
                                      bool reload) {
  WEFT_CHECK(base::write_file(file(app, ".conf"), text));
  if (!reload) return {};
  WEFT_TRY(pid, base::read_file(file(app, ".pid"), 64));
  const auto number = base::parse_int(base::trim(pid));
  if (!number || *number <= 1 || ::kill(static_cast<pid_t>(*number), SIGHUP) != 0)
    return Error{ExitCode::tool, fmt::format("the proxy of {} is not running", app)};
  return {};
}

}  // namespace weft::conform
