#include "lib/base/cpus.h"

#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "lib/base/file.h"
#include "lib/base/format.h"
#include "lib/base/number.h"
#include "lib/base/text.h"

namespace weft::base {
namespace {

unsigned cpus_of_affinity() {
  // Large enough for any kernel configuration; CPU_ALLOC sizes are in whole masks.
  std::array<cpu_set_t, 8> sets{};
  if (::sched_getaffinity(0, sizeof sets, sets.data()) != 0) return 1;
  return static_cast<unsigned>(std::max(1, CPU_COUNT_S(sizeof sets, sets.data())));
}

std::string read_small(const std::string& path) { return read_file(path, 1 << 16).value_or(""); }

// Where the quota of our control group is kept: the one hierarchy of version 2 ("0::/path"), or
// that of the cpu controller in version 1 ("4:cpu,cpuacct:/path").
struct Group {
  std::string root;
  std::string path;
};

std::vector<Group> groups() {
  std::vector<Group> found;
  const std::string text = read_small("/proc/self/cgroup");
  for (const std::string_view line : split(text, '\n')) {
    const auto fields = split(line, ':');
    if (fields.size() != 3) continue;
    const auto controllers = split(fields[1], ',');
    if (fields[1].empty())
      found.push_back({"/sys/fs/cgroup", std::string(fields[2])});
    else if (std::find(controllers.begin(), controllers.end(), "cpu") != controllers.end())
      found.push_back({"/sys/fs/cgroup/cpu", std::string(fields[2])});
  }
  return found;
}

double quota_of(const std::string& folder) {
  const std::string version2 = read_small(folder + "/cpu.max");
  if (!version2.empty()) return parse_cpu_quota(version2);
  return parse_cpu_quota(fmt::format("{} {}", trim(read_small(folder + "/cpu.cfs_quota_us")),
                                     trim(read_small(folder + "/cpu.cfs_period_us"))));
}

// The smallest quota of our group and the groups around it; 0 when there is none.
double cpu_quota() {
  double smallest = 0;
  for (Group& group : groups()) {
    for (;;) {
      const double quota = quota_of(group.root + group.path);
      if (quota > 0) smallest = smallest > 0 ? std::min(smallest, quota) : quota;
      const std::size_t slash = group.path.rfind('/');
      if (slash == std::string::npos) break;
      group.path.resize(slash);
    }
  }
  return smallest;
}

}  // namespace

double parse_cpu_quota(const std::string& cpu_max) {
  const auto parts = split(trim(cpu_max), ' ');
  if (parts.size() != 2) return 0;
  const auto quota = parse_double(parts[0]);
  const auto period = parse_double(parts[1]);
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

}  // namespace weft::base
