#include "cmd/perf/results.h"

#include <ostream>
#include <set>

#include "cmd/perf/summary.h"
#include "lib/base/file.h"
#include "lib/base/format.h"
#include "lib/perf/results.h"
#include "lib/report/sections.h"

namespace weft::cmd {

perf::Store store_of(const Context& context) {
  return perf::Store(context.env.data_dir() + "/results");
}

base::Result<void> write_out(Context& context, const std::string& path, std::string_view text) {
  WEFT_CHECK(base::write_file(path_in(context, path), text));
  if (!context.quiet) context.err << fmt::format("wrote {}\n", path);
  return {};
}

cli::Flag latency_unit_flag(std::string& unit) {
  return cli::flag("--latency-unit", unit,
                   "what the numbers of an SMP file are, when it is wrong about it")
      .one_of({"ms", "s", "us"});
}

std::vector<cli::Candidate> complete_result(Context& context, std::string_view prefix) {
  std::vector<cli::Candidate> candidates;
  std::set<std::string> seen;
  const auto offer = [&](const std::string& value, std::string description) {
    if (!value.empty() && value.starts_with(prefix) && seen.insert(value).second)
      candidates.push_back({value, std::move(description)});
  };
  const auto entries = perf::list_runs(store_of(context));
  if (!entries.empty()) offer("latest", "the newest result");
  for (const auto& entry : entries) {
    if (!entry.run) continue;
    const std::string when = format_when(entry.run->started);
    offer(entry.run->name, when);
    offer(entry.id, fmt::format("{} {}", report::display_name(*entry.run), when));
  }
  return candidates;
}

}  // namespace weft::cmd
