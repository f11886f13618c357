#include "lib/perf/host.h"

#include <sched.h>
#include <sys/resource.h>

#include "lib/base/file.h"
#include "lib/base/format.h"
#include "lib/base/number.h"
#include "lib/base/text.h"

namespace weft::perf {
namespace {

constexpr std::uint64_t kFactLimit = 4u << 20;  // /proc/cpuinfo of a large machine

std::string read_or_empty(const std::string& path) {
  return base::read_file(path, kFactLimit).value_or({});
}

// The value of the first line "key<separator>value".
std::string value_of(std::string_view text, std::string_view key, char separator) {
  for (const std::string_view line : base::split(text, '\n')) {
    const auto at = line.find(separator);
    if (at == std::string_view::npos || base::trim(line.substr(0, at)) != key) continue;
    std::string_view value = base::trim(line.substr(at + 1));
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
      value = value.substr(1, value.size() - 2);
    return std::string(value);
  }
  return {};
}

std::string memory_mb(std::string_view meminfo) {
  const std::string total = value_of(meminfo, "MemTotal", ':');
  const auto kib = base::parse_uint(base::trim(std::string_view(total).substr(0, total.find(' '))));
  return kib ? fmt::format("{}", *kib * 1024 / 1'000'000) : std::string();
}

std::string usable_cpus() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (::sched_getaffinity(0, sizeof set, &set) != 0) return {};
  return fmt::format("{}", CPU_COUNT(&set));
}

}  // namespace

smp::Labels read_host(const std::string& root) {
  const auto line = [&](std::string_view path) {
    return std::string(base::trim(read_or_empty(fmt::format("{}/{}", root, path))));
  };
  const std::string cpuinfo = read_or_empty(root + "/proc/cpuinfo");
  std::string cpu = value_of(cpuinfo, "model name", ':');
  if (cpu.empty()) cpu = value_of(cpuinfo, "Model", ':');  // arm64 boards
  smp::Labels facts{
      {"os", value_of(read_or_empty(root + "/etc/os-release"), "PRETTY_NAME", '=')},
      {"kernel", line("proc/sys/kernel/osrelease")},
      {"cpu", cpu},
      {"cpus", usable_cpus()},
      {"memory_mb", memory_mb(read_or_empty(root + "/proc/meminfo"))},
      {"clock", line("sys/devices/system/clocksource/clocksource0/current_clocksource")},
  };
  std::erase_if(facts, [](const auto& fact) { return fact.second.empty(); });
  return facts;
}

std::optional<std::uint64_t> peak_memory_bytes() {
  rusage usage{};
  if (::getrusage(RUSAGE_SELF, &usage) != 0 || usage.ru_maxrss <= 0) return std::nullopt;
  return static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
}

}  // namespace weft::perf
