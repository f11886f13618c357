#include "lib/smp/export.h"

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/doc/write.h"
#include "lib/smp/csv.h"
#include "lib/smp/fortio_write.h"
#include "lib/smp/hgrm.h"
#include "lib/smp/hlog.h"
#include "lib/smp/openmetrics.h"
#include "lib/smp/smp_write.h"

namespace weft::smp {

namespace {

constexpr ExportFormat kFormats[] = {
    {"smp", ".yaml", "SMP PerformanceTestResult, what it has no field for in labels", false},
    {"fortio", ".json", "fortio JSON: opens in fortio's own report", false},
    {"csv", ".csv", "one row a run, units in the column names", true},
    {"hgrm", ".hgrm", "HdrHistogram percentile distribution in ms, for its plotter", false},
    {"hlog", ".hlog", "HdrHistogram interval log, for its readers and for weft perf merge", false},
    {"openmetrics", ".txt", "OpenMetrics text: histogram and gauges", true},
};

const ExportFormat* find_format(std::string_view name) {
  for (const auto& format : kFormats)
    if (format.name == name) return &format;
  return nullptr;
}

base::Error unknown_format(std::string_view name) {
  std::vector<std::string> names;
  for (const auto& format : kFormats) names.emplace_back(format.name);
  return base::Error{base::ExitCode::usage,
                     fmt::format("unknown format \"{}\"{}", name, base::did_you_mean(name, names)),
                     fmt::format("known: {}", base::join(names, ", "))};
}

}  // namespace

std::span<const ExportFormat> export_formats() { return kFormats; }

base::Result<std::string> export_runs(std::span<const Run> runs, std::string_view name) {
  const ExportFormat* format = find_format(name);
  if (format == nullptr) return unknown_format(name);
  if (runs.empty() || (runs.size() > 1 && !format->many_runs))
    return base::Error{base::ExitCode::usage,
                       fmt::format("{} holds one run, not {}", format->name, runs.size()),
                       "export one run at a time"};
  if (name == "smp") return doc::write_yaml(smp_result(runs.front()));
  if (name == "csv") return write_csv(runs);
  if (name == "openmetrics") return write_openmetrics(runs);
  if (name == "hlog") return write_hlog(runs.front());
  if (name == "hgrm") return write_hgrm(runs.front());
  return write_fortio(runs.front());
}

}  // namespace weft::smp
