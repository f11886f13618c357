// What the commands of `weft perf` share: the store of this user, and names of results.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cmd/context.h"
#include "lib/base/result.h"
#include "lib/cli/command.h"
#include "lib/perf/store.h"

namespace weft::cmd {

perf::Store store_of(const Context& context);

// Writes `text` to FILE of --out or --html and tells so on standard error.
base::Result<void> write_out(Context& context, const std::string& path, std::string_view text);

// --latency-unit, for files of SMP that are wrong about it.
cli::Flag latency_unit_flag(std::string& unit);

// Ids and names of stored results, `latest` first.
std::vector<cli::Candidate> complete_result(Context& context, std::string_view prefix);

}  // namespace weft::cmd
