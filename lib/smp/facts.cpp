#include "lib/smp/facts.h"

#include "lib/base/format.h"
#include "lib/base/text.h"

namespace weft::smp {

void add_http_status(Counts& counts, const std::string& status, std::uint64_t answers) {
  if (answers == 0) return;
  std::uint64_t& total = counts.statuses[status];
  if (__builtin_add_overflow(total, answers, &total)) total = UINT64_MAX;
  if (!status.empty() && (status.front() == '4' || status.front() == '5'))
    add_error(counts, "status", answers);
}

void add_error(Counts& counts, const std::string& name, std::uint64_t errors) {
  if (errors == 0) return;
  std::uint64_t& total = counts.errors[name];
  if (__builtin_add_overflow(total, errors, &total)) total = UINT64_MAX;
}

std::string error_class(std::string_view message) {
  constexpr std::pair<std::string_view, std::string_view> kSigns[] = {
      {"timeout", "timeout"},
      {"timed out", "timeout"},
      {"deadline", "timeout"},
      {"refused", "refused"},
      {"reset", "reset"},
      {"no such host", "dns"},
      {"dns", "dns"},
      {"lookup", "dns"},
      {"tls", "tls"},
      {"certificate", "tls"},
      {"unreachable", "unreachable"}};
  const std::string text = base::lower(message);
  for (const auto& [sign, name] : kSigns)
    if (text.find(sign) != std::string::npos) return std::string(name);
  return "other";
}

std::string without_credentials(std::string_view url) {
  const std::size_t scheme = url.find("://");
  const std::size_t start = scheme == std::string_view::npos ? 0 : scheme + 3;
  const std::size_t at = url.substr(0, url.find_first_of("/?#", start)).rfind('@');
  if (at == std::string_view::npos || at < start) return std::string(url);
  return std::string(url.substr(0, start)) + std::string(url.substr(at + 1));
}

std::optional<base::Nanoseconds> between(base::WallTime start, base::WallTime end) {
  std::int64_t ns = 0;
  if (__builtin_sub_overflow(end.time_since_epoch().count(), start.time_since_epoch().count(), &ns))
    return std::nullopt;
  return base::Nanoseconds(ns);
}

void add_doubts(Run& run) {
  const Distribution& latency = run.latency;
  double below = latency.min_ms.value_or(0);
  for (const auto& [percentile, value] : latency.percentiles_ms) {
    if (value < below * (1 - 1e-9)) {
      run.warnings.push_back(
          fmt::format("the latency at p{} ({} ms) is below the one before it ({} ms)", percentile,
                      value, below));
      return;
    }
    below = value;
  }
  if (latency.max_ms && *latency.max_ms < below * (1 - 1e-3))
    run.warnings.push_back(fmt::format("the maximum latency ({} ms) is below a percentile ({} ms)",
                                       *latency.max_ms, below));
}

}  // namespace weft::smp
