#include "lib/load/limits.h"

#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "lib/base/file.h"
#include "lib/base/format.h"
#include "lib/base/number.h"
#include "lib/base/text.h"

namespace weft::load {
namespace {

unsigned cpus_of_affinity() {
  // Large enough for any kernel configuration; CPU_ALLOC sizes are in whole masks.
  std::array<cpu_set_t, 8> sets{};
  if (::sched_getaffinity(0, sizeof sets, sets.data()) != 0) return 1;
  return static_cast<unsigned>(std::max(1, CPU_COUNT_S(sizeof sets, sets.data())));
}

// The path of our group below /sys/fs/cgroup, from the "0::" line.
std::string cgroup_path() {
  const auto text = base::read_file("/proc/self/cgroup", 1 << 16);
  if (!text) return "";
  for (const std::string_view line : base::split(*text, '\n'))
    if (line.starts_with("0::")) return std::string(line.substr(3));
  return "";
}

// The smallest quota of our group and the groups around it; 0 when there is none.
double cpu_quota() {
  double smallest = 0;
  std::string path = cgroup_path();
  for (;;) {
    if (const auto text = base::read_file("/sys/fs/cgroup" + path + "/cpu.max", 4096)) {
      const double quota = parse_cpu_quota(*text);
      if (quota > 0) smallest = smallest > 0 ? std::min(smallest, quota) : quota;
    }
    const std::size_t slash = path.rfind('/');
    if (slash == std::string::npos) return smallest;
    path.resize(slash);
  }
}

}  // namespace

double parse_cpu_quota(const std::string& cpu_max) {
  const auto parts = base::split(base::trim(cpu_max), ' ');
  if (parts.size() != 2) return 0;
  const auto quota = base::parse_double(parts[0]);
  const auto period = base::parse_double(parts[1]);
  return quota && period && *quota > 0 && *period > 0 ? *quota / *period : 0;
}

Cpus cpus() {
  Cpus found;
  const unsigned in_mask = cpus_of_affinity();
  const long online = ::sysconf(_SC_NPROCESSORS_ONLN);
  found.chosen = online > 0 && in_mask < static_cast<unsigned long>(online);
  found.quota = cpu_quota();
  found.usable =
      found.quota > 0 ? std::min(in_mask, static_cast<unsigned>(std::ceil(found.quota))) : in_mask;
  return found;
}

bool may_poll(const Cpus& cpus, unsigned threads) {
  if (cpus.quota > 0 && cpus.quota < threads) return false;
  return threads < cpus.usable || (cpus.chosen && threads <= cpus.usable);
}

base::Result<void> allow_open_files(unsigned long needed) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= needed) return {};
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_max >= needed) return {};
  return base::Error{
      base::ExitCode::usage,
      fmt::format("{} open files are needed, but the limit is {}", needed, limit.rlim_max),
      "use fewer --connections, or raise the limit with ulimit -n"};
}

}  // namespace weft::load
