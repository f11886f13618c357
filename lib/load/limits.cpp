#include "lib/load/limits.h"

#include <sys/resource.h>

#include <algorithm>

#include "lib/base/format.h"

namespace weft::load {

bool may_poll(const base::Cpus& cpus, unsigned threads) {
  if (cpus.quota > 0 && cpus.quota < threads) return false;
  return threads < cpus.usable || (cpus.chosen && threads <= cpus.usable);
}

base::Result<unsigned long> allow_open_files(unsigned long needed, unsigned long wished) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wished) return wished;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_max >= needed) return std::min<unsigned long>(limit.rlim_max, wished);
  return base::Error{
      base::ExitCode::usage,
      fmt::format("{} open files are needed, but the limit is {}", needed, limit.rlim_max),
      "use fewer --connections, or raise the limit with ulimit -n"};
}

}  // namespace weft::load
