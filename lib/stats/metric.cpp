#include "lib/stats/metric.h"

#include <optional>

#include "lib/base/format.h"
#include "lib/base/number.h"
#include "lib/base/text.h"

namespace weft::stats {
namespace {

using enum MetricKind;

constexpr MetricRow kRows[] = {
    {percentile, "pN", "", Quantity::time, false, true,
     "latency that N % of the answers did not exceed: p50, p75, p90, p95, p99, p99.9, ..."},
    {mean, "mean", "avg", Quantity::time, false, true, "mean latency"},
    {max, "max", "", Quantity::time, false, false, "highest latency"},
    {errors, "errors", "error", Quantity::ratio, false, true,
     "failed requests over all requests, bad statuses included"},
    {throughput, "qps", "rps", Quantity::rate, true, true, "answers per second"},
    {lag, "lag", "", Quantity::time, false, false,
     "p99 of how late requests were sent against the plan"},
};

constexpr double kUsualPercentiles[] = {50, 75, 90, 95, 99, 99.9, 99.99};

// "p99.9", and "p999" as JSON keys spell it.
std::optional<double> percentile_of(std::string_view name) {
  if (!name.starts_with('p')) return std::nullopt;
  const std::string_view digits = name.substr(1);
  if (digits.empty() || digits.find_first_not_of("0123456789.") != std::string_view::npos)
    return std::nullopt;
  const bool dotless =
      digits.size() > 2 && digits.starts_with("99") && digits.find('.') == std::string_view::npos;
  return base::parse_double(dotless ? fmt::format("99.{}", digits.substr(2)) : std::string(digits));
}

}  // namespace

std::span<const MetricRow> metric_rows() { return kRows; }

std::string Metric::name() const {
  return kind == MetricKind::percentile ? fmt::format("p{}", percentile) : std::string(row().name);
}

const MetricRow& Metric::row() const {
  for (const auto& row : kRows)
    if (row.kind == kind) return row;
  return kRows[0];
}

base::Result<Metric> parse_metric(std::string_view text) {
  const std::string name = base::lower(text);
  for (const auto& row : kRows)
    if (row.kind != percentile && (name == row.name || (!row.alias.empty() && name == row.alias)))
      return Metric{row.kind};
  if (const auto p = percentile_of(name)) {
    if (*p > 0 && *p < 100) return Metric{percentile, *p};
    return base::Error{base::ExitCode::usage,
                       fmt::format("\"{}\" is not a percentile between 0 and 100", text),
                       "the highest latency is \"max\""};
  }
  const auto names = metric_names();
  return base::Error{base::ExitCode::usage,
                     fmt::format("unknown metric \"{}\"{}", text, base::did_you_mean(name, names)),
                     fmt::format("use one of {}", base::join(names, ", "))};
}

std::vector<std::string> metric_names() {
  std::vector<std::string> names;
  for (double p : kUsualPercentiles) names.push_back(Metric{percentile, p}.name());
  for (const auto& row : kRows) {
    if (row.kind == percentile) continue;
    names.emplace_back(row.name);
    if (!row.alias.empty()) names.emplace_back(row.alias);
  }
  return names;
}

}  // namespace weft::stats
