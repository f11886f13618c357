#include "lib/proc/tools.h"

#include <sys/resource.h>

#include <algorithm>

#include "lib/base/number.h"
#include "lib/base/text.h"

namespace weft::proc {
namespace {

constexpr Tool kTools[] = {
    {"kubectl", "version --client", "1.25", "everything that talks to a cluster",
     "https://kubernetes.io/docs/tasks/tools/"},
    {"helm", "version --short", "3.11", "installing meshes from charts",
     "https://helm.sh/docs/intro/install/"},
    {"istioctl", "version --remote=false", "", "Istio's own checks",
     "https://istio.io/latest/docs/setup/getting-started/"},
    {"fortio", "version", "1.30", "load from fortio, gRPC ping",
     "https://github.com/fortio/fortio/releases"},
    {"nighthawk_client", "--version", "", "load from nighthawk",
     "docker.io/envoyproxy/nighthawk-dev has the binary"},
    {"wrk", "-v", "4.0", "load from wrk", "apt install wrk"},
    {"wrk2", "-v", "", "load from wrk2", "build it: https://github.com/giltene/wrk2"},
    {"h2load", "--version", "", "HTTP/2 load from h2load", "apt install nghttp2-client"},
    {"k6", "version", "", "load from k6 scripts", "https://grafana.com/docs/k6/latest/set-up/"},
    {"docker", "--version", "", "building filter images",
     "https://docs.docker.com/engine/install/"},
    {"cosign", "version", "", "checking signatures of images",
     "https://docs.sigstore.dev/cosign/system_config/installation/"},
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::span<const Tool> tools() { return kTools; }

std::string find_version(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool starts =
        is_digit(text[i]) && (i == 0 || (text[i - 1] != '.' && !is_digit(text[i - 1])));
    if (!starts) continue;
    const std::string_view rest = text.substr(i);
    std::string_view number =
        rest.substr(0, std::min(rest.find_first_not_of("0123456789."), rest.size()));
    while (number.ends_with('.')) number.remove_suffix(1);
    if (number.find('.') != std::string_view::npos) return std::string(number);
    i += number.size() - 1;
  }
  return {};
}

int compare_versions(std::string_view a, std::string_view b) {
  const auto left = base::split(a, '.');
  const auto right = base::split(b, '.');
  for (std::size_t i = 0; i < std::max(left.size(), right.size()); ++i) {
    const auto x = i < left.size() ? base::parse_uint(left[i]).value_or(0) : 0;
    const auto y = i < right.size() ? base::parse_uint(right[i]).value_or(0) : 0;
    if (x != y) return x < y ? -1 : 1;
  }
  return 0;
}

ToolReport inspect_tool(Runner& runner, const Tool& tool, const base::StopFlag& stop) {
  ToolReport report{.tool = &tool, .state = ToolState::missing};
  const auto path = runner.find(std::string(tool.program));
  if (!path) return report;
  report.path = *path;
  Command command{.argv = {std::string(tool.program)},
                  .deadline = std::chrono::seconds(5),
                  .output_limit = 1u << 20,
                  .stop = &stop};
  for (std::string_view word : base::split(tool.version_arguments, ' '))
    command.argv.emplace_back(word);
  const auto said = runner.run(command);
  if (!said.ok()) {
    report.state = ToolState::broken;
    report.problem = said.error().message;
    return report;
  }
  report.version = find_version(said->out + '\n' + said->err);
  const bool old = !tool.minimum.empty() && !report.version.empty() &&
                   compare_versions(report.version, tool.minimum) < 0;
  report.state = old ? ToolState::outdated : ToolState::found;
  return report;
}

FileLimits read_file_limits() {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return {};
  return {files.rlim_cur, files.rlim_max};
}

}  // namespace weft::proc
