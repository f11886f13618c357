#include "lib/cli/help.h"

#include <catch2/catch.hpp>

using namespace weft;

namespace {

struct Options {
  std::string url;
  std::vector<std::string> files;
  std::string qps = "max";
  std::vector<std::string> headers;
  bool keepalive = true;
  bool secret = false;
};

cli::Command run_command(Options& o) {
  return {
      .name = "run",
      .summary = "Measure a service",
      .description = "Sends requests and counts what comes back.",
      .examples = {{"weft run http://a/", "as fast as possible"}},
      .arguments = {cli::argument("URL", o.url, "what to measure"),
                    cli::argument("FILE", o.files, "what else").optional()},
      .flags =
          {cli::flag("--qps", o.qps, "requests per second").takes("N|max").from_config("perf.qps"),
           cli::flag("--header", o.headers, "a header").as('H').takes("H"),
           cli::flag("--keepalive", o.keepalive, "reuse connections").in("Connections"),
           cli::flag("--secret", o.secret, "for tests").hide()},
      .exit_notes = {{base::ExitCode::timeout, "the target did not answer"}},
      .run = [](cmd::Context&) { return base::ExitCode::done; }};
}

cli::Command root_command(Options& o) {
  cli::Command other{.name = "other", .summary = "Do another thing", .heading = "Others"};
  cli::Command hidden{.name = "hidden", .summary = "Not shown", .hidden = true};
  return {.name = "weft",
          .summary = "Mesh",
          .commands = {run_command(o), std::move(other), std::move(hidden)}};
}

term::Terminal plain(int width) {
  term::Terminal terminal;
  terminal.width = width;
  return terminal;
}

}  // namespace

TEST_CASE("help of a command shows examples before everything else that is to be known") {
  Options options;
  const cli::Command root = root_command(options);
  const std::vector<const cli::Command*> path = {&root, &root.commands[0]};
  bool quiet = false;
  const std::vector<cli::Flag> globals = {cli::flag("--quiet", quiet, "say less").as('q')};
  CHECK(cli::help_text(path, globals, plain(80)) == R"(Measure a service

Sends requests and counts what comes back.

Examples:
  # as fast as possible
  weft run http://a/

Usage:
  weft run URL [FILE...] [flags]

Arguments:
  URL   what to measure
  FILE  what else

Flags:
      --qps N|max  requests per second (default: max) [WEFT_PERF_QPS]
  -H, --header H   a header; may be repeated

Connections:
      --keepalive  reuse connections; --keepalive=false turns it off

Global flags:
  -q, --quiet  say less

Exit codes:
  0  the command did what it was asked
  2  wrong flags or arguments; nothing was done
  6  the target did not answer
  (all of them: weft help exit-codes)
)");
}

TEST_CASE("help of a group lists its commands under their headings, hidden ones left out") {
  Options options;
  const cli::Command root = root_command(options);
  const std::vector<const cli::Command*> path = {&root};
  CHECK(cli::help_text(path, {}, plain(80)) == R"(Mesh

Usage:
  weft COMMAND [flags]

Commands:
  run  Measure a service

Others:
  other  Do another thing
)");
}

TEST_CASE("help is wrapped at the width of the terminal, under its own column") {
  std::string target;
  const cli::Command command{
      .name = "weft",
      .summary = "Mesh",
      .arguments = {cli::argument("URL", target, "an address of a service that is to be measured")},
      .run = [](cmd::Context&) { return base::ExitCode::done; }};
  const std::vector<const cli::Command*> path = {&command};
  const std::string text = cli::help_text(path, {}, plain(40));
  CHECK(text.find("  URL  an address of a service that is\n"
                  "       to be measured\n") != std::string::npos);
}

TEST_CASE("a configuration key has one environment variable") {
  CHECK(cli::environment_name("perf.qps") == "WEFT_PERF_QPS");
  CHECK(cli::environment_name("chart-dir") == "WEFT_CHART_DIR");
}
