// Runs in SMP and in the formats of other tools.
//
//   WEFT_TRY(text, export_runs(runs, "csv"));
//   for (const auto& format : export_formats()) ...   // help of --format
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "lib/base/result.h"
#include "lib/smp/run.h"

namespace weft::smp {

struct ExportFormat {
  std::string_view name;
  std::string_view extension;  // of files: ".json"
  std::string_view description;
  bool many_runs = false;  // one output can hold several runs
};

std::span<const ExportFormat> export_formats();

// Errors: usage for an unknown format or several runs where the format holds one; input for a run
// without what the format is about (no latencies at all, no count).
base::Result<std::string> export_runs(std::span<const Run> runs, std::string_view format);

}  // namespace weft::smp
