// Results of other tools and of SMP as runs. The format is found by content, never by file name;
// one file may hold many runs (pages and lists of Meshery, one JSON object a line).
//
//   WEFT_TRY(runs, import_text(doc::Source(path, text)));
//   for (const auto& format : import_formats()) ...   // help of --format
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/result.h"
#include "lib/doc/value.h"
#include "lib/smp/run.h"
#include "lib/smp/smp_read.h"

namespace weft::smp {

struct ImportOptions {
  std::string format;                       // a name of import_formats(); empty: found by content
  std::optional<LatencyUnit> latency_unit;  // of SMP documents, see smp_read.h
};

struct ImportFormat {
  std::string_view name;
  std::string_view description;
};

std::span<const ImportFormat> import_formats();

// At least one run. Refused with exit code 3, position and reason: what is not a result, failed
// runs, counts that are negative or do not add up, values that are not numbers. Doubts that do
// not make a result useless are in Run::warnings.
base::Result<std::vector<Run>> import_text(doc::Source source, const ImportOptions& options = {});

}  // namespace weft::smp
