// Lists of targets and tables of data from files: either read or refused with words, never more;
// what is read compiles or is refused likewise.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

#include "lib/perf/data_table.h"
#include "lib/perf/targets.h"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace weft;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto table = perf::read_table("t", "fuzz", text);
  load::Values values;
  if (table.ok()) {
    require(!table->columns.empty());
    for (const auto& column : table->columns)
      require(!column.cells.empty() && column.cells.size() == table->columns[0].cells.size());
    values.tables.push_back(*table);
  } else {
    require(table.error().where.source == "fuzz" && !table.error().message.empty());
  }
  const auto entries = perf::read_targets("fuzz", text);
  if (!entries.ok()) {
    require(entries.error().where.source == "fuzz" && !entries.error().message.empty());
    return 0;
  }
  require(!entries->empty());
  const net::Url base{"http", "a", 80, "/"};
  for (const load::Values* with :
       {static_cast<const load::Values*>(nullptr), &std::as_const(values)}) {
    const auto compiled = perf::compile_targets(
        *entries, &base,
        {with, {{"X", "y"}}, [](const std::string&) { return std::string("{{seq}}"); }});
    require(compiled.ok() ? compiled->kinds.size() == entries->size()
                          : !compiled.error().message.empty());
  }
  return 0;
}
