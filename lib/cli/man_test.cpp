#include "lib/cli/man.h"

#include <catch2/catch.hpp>

using namespace weft;

namespace {

std::string page_of(const cli::Command& command) {
  const std::vector<const cli::Command*> path = {&command};
  return cli::man_page(path, {}, "1.2");
}

}  // namespace

TEST_CASE("a manual page has the sections that readers of manuals expect") {
  std::string qps = "max";
  const cli::Command command{.name = "weft",
                             .summary = "Measure",
                             .examples = {{"weft http://a/", "as fast as possible"}},
                             .flags = {cli::flag("--qps", qps, "rate").takes("N")},
                             .run = [](cmd::Context&) { return base::ExitCode::done; }};
  CHECK(page_of(command) == R"(.TH "weft" 1 "" "weft 1.2" "weft manual"
.SH NAME
weft \- Measure
.SH SYNOPSIS
weft [flags]
.SH DESCRIPTION
Measure.
.SH EXAMPLES
as fast as possible:
.RS 4
.nf
weft http://a/
.fi
.RE
.SH OPTIONS
.TP
\fB\-\-qps N\fR
rate (default: max)
.SS "Global options"
.SH "EXIT STATUS"
.TP
\fB0\fR
the command did what it was asked
.TP
\fB2\fR
wrong flags or arguments; nothing was done
)");
}

TEST_CASE("text that roff would take for its own stays text") {
  const cli::Command command{.name = "weft",
                             .summary = "Measure",
                             .description = ".weft.yaml is read first\n'quoted' C:\\x --flag",
                             .run = [](cmd::Context&) { return base::ExitCode::done; }};
  CHECK(page_of(command).find("\\&.weft.yaml is read first\n"
                              "\\&'quoted' C:\\ex \\-\\-flag\n") != std::string::npos);
}

TEST_CASE("the page of a group brings the commands below it along, hidden ones left out") {
  cli::Command run{.name = "run", .summary = "Measure"};
  cli::Command hidden{.name = "hidden", .summary = "Not shown", .hidden = true};
  const cli::Command root{
      .name = "weft", .summary = "Mesh", .commands = {std::move(run), std::move(hidden)}};
  const std::string page = page_of(root);
  CHECK(page.find(".SS \"weft run [flags]\"\nMeasure.\n") != std::string::npos);
  CHECK(page.find("hidden") == std::string::npos);
}
