#include "lib/perf/usage_local.h"

#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/format.h"
#include "lib/base/number.h"
#include "lib/base/text.h"

namespace weft::perf {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;

constexpr double kMegabyte = 1e6;
constexpr std::size_t kProcLimit = 1u << 16;

Result<std::string> read_proc(const UsageSource& source, const std::string& path) {
  auto text = base::read_file(path, kProcLimit);
  if (text.ok()) return text;
  return Error{ExitCode::input, fmt::format("the use of {} cannot be read", source.text),
               "check that it runs on this machine"}
      .because(text.error().message);
}

Error not_numbers(const UsageSource& source, std::string_view path) {
  return {ExitCode::input, fmt::format("the use of {} cannot be read", source.text),
          fmt::format("{} does not hold what it should", path)};
}

// Where the two versions of control groups keep what we ask for, below /sys/fs/cgroup. The group
// stands between a controller of version 1 and the file; no controller: version 2.
struct GroupFiles {
  std::string_view cpu_controller, cpu_file, cpu_key;
  double cpu_unit;  // in seconds
  std::string_view memory_controller, memory_file, inactive_key, memory_limit;
  std::string_view quota_controller, quota, period;  // version 2 has both in one file
};
constexpr GroupFiles kGroups[] = {
    {"", "cpu.stat", "usage_usec ", 1e-6, "", "memory.current", "inactive_file ", "memory.max", "",
     "cpu.max", ""},
    {"cpuacct/", "cpuacct.usage", "", 1e-9, "memory/", "memory.usage_in_bytes",
     "total_inactive_file ", "memory.limit_in_bytes", "cpu/", "cpu.cfs_quota_us",
     "cpu.cfs_period_us"}};

// The number of the line that begins with the key.
std::optional<std::uint64_t> number_of(std::string_view text, std::string_view key) {
  for (const std::string_view line : base::split(text, '\n'))
    if (line.starts_with(key)) return base::parse_uint(base::trim(line.substr(key.size())));
  return std::nullopt;
}

void read_limits(const GroupFiles& files, const std::string& root, const std::string& group,
                 UsageReading& reading) {
  constexpr std::uint64_t kNoLimit = 1ull << 60;  // as version 1 has it
  const auto text_of = [&](std::string_view controller, std::string_view file) {
    return file.empty() ? std::string()
                        : base::read_file(fmt::format("{}{}{}/{}", root, controller, group, file),
                                          kProcLimit)
                              .value_or({});
  };
  const std::string quota = text_of(files.quota_controller, files.quota) + ' ' +
                            text_of(files.quota_controller, files.period);
  std::vector<std::uint64_t> numbers;
  for (const std::string_view word : base::split(quota, ' '))
    if (const auto number = base::parse_uint(base::trim(word))) numbers.push_back(*number);
  if (numbers.size() == 2 && numbers[1] > 0)
    reading.cpu_mcores_assigned =
        1000 * static_cast<double>(numbers[0]) / static_cast<double>(numbers[1]);
  const auto most =
      base::parse_uint(base::trim(text_of(files.memory_controller, files.memory_limit)));
  if (most && *most < kNoLimit) reading.mem_mb_assigned = static_cast<double>(*most) / kMegabyte;
}

}  // namespace

Result<UsageReading> read_pid(const UsageSource& source, const UsageReach& reach) {
  const std::string folder = fmt::format("{}/proc/{}/", reach.root, source.target);
  WEFT_TRY(stat, read_proc(source, folder + "stat"));
  WEFT_TRY(memory, read_proc(source, folder + "statm"));
  const auto fields = base::split(std::string_view(stat).substr(stat.rfind(')') + 1), ' ');
  const auto pages = base::split(memory, ' ');
  if (fields.size() < 14 || pages.size() < 2) return not_numbers(source, folder + "stat");
  const auto user = base::parse_uint(fields[12]), system = base::parse_uint(fields[13]),
             resident = base::parse_uint(pages[1]);
  UsageReading reading{.at = reach.clock.wall()};
  reading.cpu_seconds = static_cast<double>(user.value_or(0) + system.value_or(0)) /
                        static_cast<double>(::sysconf(_SC_CLK_TCK));
  reading.mem_mb = static_cast<double>(resident.value_or(0)) *
                   static_cast<double>(::sysconf(_SC_PAGESIZE)) / kMegabyte;
  return reading;
}

Result<UsageReading> read_cgroup(const UsageSource& source, const UsageReach& reach) {
  const std::string root = reach.root + "/sys/fs/cgroup/";
  const auto path = [&](std::string_view controller, std::string_view file) {
    return fmt::format("{}{}{}/{}", root, controller, source.target, file);
  };
  const bool old =
      ::access(path("", kGroups[0].cpu_file).c_str(), R_OK) != 0 &&
      ::access(path(kGroups[1].cpu_controller, kGroups[1].cpu_file).c_str(), R_OK) == 0;
  const GroupFiles& files = kGroups[old ? 1 : 0];
  const std::string cpu_path = path(files.cpu_controller, files.cpu_file);
  const std::string memory_path = path(files.memory_controller, files.memory_file);
  WEFT_TRY(cpu, read_proc(source, cpu_path));
  WEFT_TRY(memory, read_proc(source, memory_path));
  UsageReading reading{.at = reach.clock.wall()};
  const auto used = number_of(cpu, files.cpu_key), bytes = base::parse_uint(base::trim(memory));
  if (!used || !bytes) return not_numbers(source, used ? memory_path : cpu_path);
  reading.cpu_seconds = static_cast<double>(*used) * files.cpu_unit;
  const std::string parts =
      base::read_file(path(files.memory_controller, "memory.stat"), kProcLimit).value_or({});
  const std::uint64_t inactive = number_of(parts, files.inactive_key).value_or(0);
  reading.mem_mb = static_cast<double>(*bytes - std::min(*bytes, inactive)) / kMegabyte;
  read_limits(files, root, source.target, reading);
  return reading;
}

}  // namespace weft::perf
