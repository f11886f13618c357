// Runs as CSV (RFC 4180): a header, then one row a run; what is not known is an empty cell.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "lib/smp/run.h"

namespace weft::smp {

struct CsvColumn {
  std::string_view name;  // with its unit: "p99_ms"
  std::string_view description;
  std::string (*cell)(const Run& run);
};

std::span<const CsvColumn> csv_columns();
std::string write_csv(std::span<const Run> runs);

}  // namespace weft::smp
