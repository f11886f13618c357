// Results on their way to other tools: the formats of lib/smp/export.h, and SMP in two spellings.
//
//   WEFT_TRY(text, export_text(runs, "smp", "D2"));
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/result.h"
#include "lib/smp/run.h"

namespace weft::perf {

struct OutputFormat {
  std::string name;
  std::string description;
};
// "smp", "smp-bundle" and those of lib/smp/export.h.
std::vector<OutputFormat> output_formats();

// `dialect` is of SMP: "D1", YAML with protobuf names (also for ""), or "D2", protojson.
base::Result<std::string> export_text(std::span<const smp::Run> runs, std::string_view format,
                                      std::string_view dialect);

}  // namespace weft::perf
