#include "lib/perf/exports.h"

#include "lib/base/format.h"
#include "lib/doc/write.h"
#include "lib/smp/export.h"
#include "lib/smp/smp_write.h"

namespace weft::perf {
namespace {

using base::Error;
using base::ExitCode;

struct SmpFormat {
  std::string_view name;
  std::string_view description;
  doc::Value (*write)(const smp::Run&);
};
constexpr SmpFormat kSmpFormats[] = {
    {"smp", "SMP PerformanceTestResult; what it has no field for is in labels", smp::smp_result},
    {"smp-bundle", "the four SMP roots: test, mesh, environment, result", smp::smp_bundle},
};

}  // namespace

std::vector<OutputFormat> output_formats() {
  std::vector<OutputFormat> formats;
  for (const auto& format : kSmpFormats)
    formats.push_back({std::string(format.name), std::string(format.description)});
  for (const auto& format : smp::export_formats())
    formats.push_back({std::string(format.name), std::string(format.description)});
  return formats;
}

base::Result<std::string> export_text(std::span<const smp::Run> runs, std::string_view format,
                                      std::string_view dialect) {
  for (const auto& smp_format : kSmpFormats) {
    if (smp_format.name != format) continue;
    if (runs.size() != 1)
      return Error{ExitCode::usage, fmt::format("{} holds one run, not {}", format, runs.size()),
                   "export them one by one, or as csv"};
    const doc::Value document = smp_format.write(runs.front());
    if (dialect == "D2") return doc::write_json(smp::to_protojson(document)) + '\n';
    return doc::write_yaml(document);
  }
  if (!dialect.empty())
    return Error{ExitCode::usage, fmt::format("--dialect is of SMP, not of {}", format),
                 "--format smp"};
  return smp::export_runs(runs, format);
}

}  // namespace weft::perf
