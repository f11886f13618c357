// Rows of data for the values of requests: CSV (RFC 4180, the first line names the columns), or
// objects in JSON, one a line or in a list. Every row has every column.
//
//   WEFT_TRY(table, perf::read_table("users", "users.csv", text));     // {{users.name}}
#pragma once

#include <string>
#include <string_view>

#include "lib/base/result.h"
#include "lib/load/template.h"

namespace weft::perf {

// Input errors name `source` and the line.
base::Result<load::Table> read_table(std::string name, std::string_view source,
                                     std::string_view text);

}  // namespace weft::perf
