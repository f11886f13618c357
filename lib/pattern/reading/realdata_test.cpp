// The table testdata/pattern/realdata.txt says for every published file what becomes of it:
//
//   FILE | read DIALECT, N services in M levels
//   FILE | unsound LINE:COLUMN reason          it is a pattern, but its services do not fit
//   together FILE | refused LINE:COLUMN reason
#include <catch2/catch.hpp>
#include <map>

#include "lib/base/file.h"
#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/pattern/reading/read.h"
#include "lib/pattern/resolving/graph.h"
#include "lib/testkit/paths.h"

using namespace weft;

namespace {

std::string told(std::string_view verdict, const base::Error& error) {
  return fmt::format("{} {}:{} {}", verdict, error.where.line, error.where.column, error.message);
}

std::string outcome_of(const std::string& name, const std::string& path) {
  static const mesh::Catalog catalog = mesh::Catalog::builtin();
  pattern::ReadOptions options;
  options.use = [](const std::string&, const std::string&) -> base::Result<doc::Source> {
    return base::Error{base::ExitCode::input, "a URL is used without a checksum"};
  };
  auto reading = pattern::read(doc::Source(name, *base::read_file(path)), options);
  if (!reading.ok()) return told("refused", reading.error());
  auto types = pattern::Types::make(catalog).value();
  pattern::add_definitions(types, reading->pattern);
  const auto resolution = pattern::resolve(reading->pattern, types, catalog, {}, reading->notes);
  if (!resolution.ok()) return told("unsound", resolution.error());
  const auto graph = pattern::make_graph(*resolution, reading->notes);
  if (!graph.ok()) return told("unsound", graph.error());
  return fmt::format("read {}, {} in {}", name_of(reading->pattern.dialect),
                     base::plural(reading->pattern.services.size(), "service"),
                     base::plural(graph->levels.size(), "level"));
}

}  // namespace

TEST_CASE("Every published file is read or refused as the table says") {
  const auto folder = testkit::realdata("patterns");
  if (!folder) {
    WARN("skipped: no real files beside the checkout");
    return;
  }
  const std::string table = *base::read_file(testkit::testdata("pattern/realdata.txt"));
  std::size_t rows = 0;
  for (std::string_view line : base::split(table, '\n')) {
    const auto bar = line.find(" | ");
    if (line.starts_with('#') || bar == std::string_view::npos) continue;
    ++rows;
    const std::string name(line.substr(0, bar));
    CHECK(std::string(line) ==
          fmt::format("{} | {}", name, outcome_of(name, *folder + "/" + name)));
  }
  CHECK(rows == 120);
}
