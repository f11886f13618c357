#include "lib/cli/parse.h"

#include <catch2/catch.hpp>
#include <memory>

using namespace weft;

namespace {

struct Options {
  std::string url;
  std::vector<std::string> files;
  std::string qps = "max";
  std::vector<std::string> headers;
  bool keepalive = true;
  std::int64_t connections = 8;
  std::optional<double> ratio;
  base::Nanoseconds duration = std::chrono::seconds(10);
  std::string output = "table";
  bool quiet = false;
  bool help = false;
};

cli::Command tree(Options& o) {
  cli::Command run{
      .name = "run",
      .summary = "Measure a service",
      .arguments = {cli::argument("URL", o.url, "what to measure"),
                    cli::argument("FILE", o.files, "what else").optional()},
      .flags = {cli::flag("--qps", o.qps, "requests per second").from_config("perf.qps"),
                cli::flag("--header", o.headers, "a header").as('H'),
                cli::flag("--keepalive", o.keepalive, "reuse connections").as('k'),
                cli::flag("--connections", o.connections, "connections").as('c'),
                cli::flag("--ratio", o.ratio, "a ratio"),
                cli::flag("--duration", o.duration, "how long").as('d')},
      .run = [](cmd::Context&) { return base::ExitCode::done; }};
  cli::Command perf{.name = "perf", .summary = "Measure", .commands = {std::move(run)}};
  return {.name = "weft", .summary = "Mesh", .commands = {std::move(perf)}};
}

std::vector<cli::Flag> globals(Options& o) {
  return {cli::flag("--output", o.output, "format").as('o').one_of({"table", "json"}),
          cli::flag("--quiet", o.quiet, "less").as('q'),
          cli::flag("--help", o.help, "help").as('h')};
}

base::Result<void> read(
    Options& o, const std::vector<std::string>& words,
    const cli::Settings& settings = [](const cli::Flag&) {
      return std::optional<cli::Setting>{};
    }) {
  const cli::Command root = tree(o);
  const auto flags = globals(o);
  WEFT_TRY(call, cli::parse(root, flags, words));
  return cli::apply(call, flags, settings);
}

std::string error_of(const std::vector<std::string>& words) {
  Options o;
  const auto result = read(o, words);
  REQUIRE_FALSE(result.ok());
  CHECK(result.error().code == base::ExitCode::usage);
  return result.error().message;
}

}  // namespace

TEST_CASE("flags may stand before, between and after the arguments") {
  Options o;
  REQUIRE(read(o, {"perf", "run", "--qps", "5", "u", "-c", "3", "f1", "--duration=2s", "f2"}).ok());
  CHECK(o.qps == "5");
  CHECK(o.url == "u");
  CHECK(o.files == std::vector<std::string>{"f1", "f2"});
  CHECK(o.connections == 3);
  CHECK(o.duration == std::chrono::seconds(2));
}

TEST_CASE("global flags may stand anywhere, also with a value and in a cluster") {
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"-o", "json", "-q", "perf", "run", "u"},
        {"perf", "--output", "json", "run", "u", "--quiet"},
        {"-qo", "json", "perf", "run", "u"},
        {"perf", "run", "-qojson", "u"},
        {"perf", "run", "u", "-qo=json"}}) {
    Options o;
    REQUIRE(read(o, words).ok());
    CHECK(o.output == "json");
    CHECK(o.quiet);
    CHECK(o.url == "u");
  }
}

TEST_CASE("a switch takes a value only behind an equals sign") {
  Options o;
  REQUIRE(read(o, {"perf", "run", "--keepalive=false", "false"}).ok());
  CHECK_FALSE(o.keepalive);
  CHECK(o.url == "false");
  CHECK(error_of({"perf", "run", "u", "--keepalive=perhaps"}) ==
        "--keepalive: \"perhaps\" is not true or false");
}

TEST_CASE("a repeatable flag collects, another one takes its last value") {
  Options o;
  REQUIRE(read(o, {"perf", "run", "u", "-H", "a: 1", "--qps=1", "-Hb: 2", "--header=c: 3", "--qps",
                   "2"})
              .ok());
  CHECK(o.headers == std::vector<std::string>{"a: 1", "b: 2", "c: 3"});
  CHECK(o.qps == "2");
}

TEST_CASE("values are taken as they are: empty, dashes, brackets, equals signs") {
  for (const std::string value : {"", "-", "--", "--qps", "--qps=7", "[a,b]", "{}", "a=b", "-5"}) {
    Options o;
    REQUIRE(read(o, {"perf", "run", "u", "-H", value, "--header=" + value, "v"}).ok());
    CHECK(o.headers == std::vector<std::string>{value, value});
    CHECK(o.files == std::vector<std::string>{"v"});
  }
}

TEST_CASE("after -- and as - or a negative number a word is an argument") {
  Options o;
  REQUIRE(read(o, {"perf", "run", "-", "-5", "--", "--qps", "--", "[x,y]"}).ok());
  CHECK(o.url == "-");
  CHECK(o.files == std::vector<std::string>{"-5", "--qps", "--", "[x,y]"});
  CHECK(o.qps == "max");
}

TEST_CASE("a brace pair and brackets are ordinary arguments") {
  Options o;
  REQUIRE(read(o, {"perf", "run", "[::1]", "{}", "++"}).ok());
  CHECK(o.url == "[::1]");
  CHECK(o.files == std::vector<std::string>{"{}", "++"});
}

TEST_CASE("unknown commands and flags come with the nearest known ones") {
  CHECK(error_of({"pref"}) == "\"pref\" is not a command of weft (did you mean perf?)");
  CHECK(error_of({"perf", "rum", "u"}) ==
        "\"rum\" is not a command of weft perf (did you mean run?)");
  CHECK(error_of({"perf", "run", "u", "--conections=4"}) ==
        "weft perf run has no flag --conections (did you mean --connections?)");
  CHECK(error_of({"perf", "run", "u", "-x"}) == "weft perf run has no flag -x");
  CHECK(error_of({"--qps", "5", "perf", "run", "u"}) == "weft has no flag --qps");
}

TEST_CASE("a value of the wrong type names its flag") {
  CHECK(error_of({"perf", "run", "u", "-c", "many"}) ==
        "--connections: \"many\" is not a whole number");
  CHECK(error_of({"perf", "run", "u", "--ratio", "nan"}) == "--ratio: \"nan\" is not a number");
  CHECK(error_of({"perf", "run", "u", "-d", "5 parsecs"}) ==
        "--duration: \"5 parsecs\" is not a duration");
  CHECK(error_of({"perf", "run", "u", "-o", "jsno"}) ==
        "--output: \"jsno\" is not one of table, json (did you mean json?)");
}

TEST_CASE("missing and surplus words are named") {
  CHECK(error_of({"perf", "run"}) == "weft perf run needs URL: what to measure");
  CHECK(error_of({"perf", "run", "u", "--qps"}) == "--qps needs a value");
}

TEST_CASE("help wins over everything that is wrong behind the command") {
  Options o;
  const cli::Command root = tree(o);
  const auto flags = globals(o);
  const std::vector<std::string> words{"perf", "run", "--nonsense", "-h"};
  const auto call = cli::parse(root, flags, words);
  REQUIRE(call.ok());
  CHECK(call->help);
  CHECK(cli::command_line_name(call->path) == "weft perf run");
}

TEST_CASE("-h as the value of a flag is no call for help") {
  Options o;
  const cli::Command root = tree(o);
  const auto flags = globals(o);
  const std::vector<std::string> words{"perf", "run", "-H", "-h", "u"};
  const auto call = cli::parse(root, flags, words);
  REQUIRE(call.ok());
  CHECK_FALSE(call->help);
}

TEST_CASE("settings fill flags that are not on the command line and say where they are from") {
  const auto settings = [](const cli::Flag& flag) -> std::optional<cli::Setting> {
    if (flag.name == "--qps") return cli::Setting{{"7"}, "WEFT_PERF_QPS", {}};
    return std::nullopt;
  };
  Options from_settings;
  REQUIRE(read(from_settings, {"perf", "run", "u"}, settings).ok());
  CHECK(from_settings.qps == "7");
  Options from_line;
  REQUIRE(read(from_line, {"perf", "run", "u", "--qps", "9"}, settings).ok());
  CHECK(from_line.qps == "9");
}

TEST_CASE("find_command walks names and suggests") {
  Options o;
  const cli::Command root = tree(o);
  const std::vector<std::string> known{"perf", "run"}, unknown{"perf", "rnu"};
  REQUIRE(cli::find_command(root, known).ok());
  CHECK(cli::find_command(root, known)->back()->name == "run");
  CHECK_FALSE(cli::find_command(root, unknown).ok());
}
