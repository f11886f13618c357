// Whatever commands that measure say by flags, a profile can say for them.
#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>

#include "cmd/commands.h"
#include "cmd/run.h"
#include "lib/base/format.h"
#include "lib/cli/parse.h"
#include "lib/testkit/fake_runner.h"
#include "lib/testkit/temp_dir.h"

using namespace weft;

namespace {

// What weft perf COMMAND says of a profile with these lines below the key weft.
std::string answer(const testkit::TempDir& folder, const std::string& command,
                   const std::string& lines) {
  const std::string path = folder.path() + "/p.yaml";
  std::ofstream(path) << "clients: [{connections: 1}]\nweft:\n" << lines;
  std::istringstream in;
  std::ostringstream out, err;
  testkit::FakeRunner runner;
  base::StopFlag stop;
  cmd::Process process{.words = {"perf", command, "--profile", path},
                       .in = in,
                       .out = out,
                       .err = err,
                       .env = base::Environment({{"HOME", folder.path()}}),
                       .clock = base::system_clock(),
                       .runner = runner,
                       .stop = stop,
                       .directory = folder.path()};
  CHECK(cmd::run(process) != 0);
  runner.forgive();
  return err.str();
}

const cli::Command& perf_command(const cli::Command& root, const std::string& name) {
  const std::vector<std::string> words{"perf", name};
  return *cli::find_command(root, words)->back();
}

std::vector<cli::Flag> settable(const cli::Command& command) {
  std::vector<cli::Flag> flags;
  for (const cli::Flag& flag : command.flags)
    if (!flag.hidden && flag.name != "--profile") flags.push_back(flag);
  return flags;
}

}  // namespace

TEST_CASE("every flag of a command that takes a profile can be set by it") {
  const testkit::TempDir folder;
  const cli::Command root = cmd::root();
  for (const std::string name : {"run", "search", "curve", "compare", "overhead"}) {
    const std::string before = name == "run" ? "  " : "  " + name + ": {";
    const std::string after = name == "run" ? "\n" : "}\n";
    const auto flags = settable(perf_command(root, name));
    CHECK(flags.size() > 40);
    for (const cli::Flag& flag : flags) {
      const std::string key = flag.name.substr(2);
      INFO(name << " " << key);
      // Twice what hardly any flag takes: it is refused, unless the flag may be repeated.
      const auto text = answer(folder, name, fmt::format("{}{}: ['?', '?']{}", before, key, after));
      CHECK(text.find("has no flag") == std::string::npos);
      if (!flag.repeatable) CHECK(text.find("p.yaml:3:") != std::string::npos);
      if (!flag.repeatable) CHECK(text.find(" " + key) != std::string::npos);
    }
  }
}

TEST_CASE("what a profile says wrong for a command is told with its place") {
  const testkit::TempDir folder;
  const auto contains = [](std::string part) { return Catch::Matchers::Contains(part); };
  CHECK_THAT(answer(folder, "search", "  search: {hodl: 1s}\n"),
             contains("p.yaml:3:18: weft perf search has no flag --hodl (did you mean hold?)"));
  CHECK_THAT(answer(folder, "search", "  serch: {hold: 1s}\n"),
             contains("must be text, a number, true or false (did you mean search?)"));
  CHECK_THAT(answer(folder, "search", "  search: 3\n"),
             contains("search must be a map of flags of weft perf search"));
  CHECK_THAT(answer(folder, "search", "  hold: 1s\n"),
             contains("weft perf run has no flag --hold"));
  CHECK_THAT(
      answer(folder, "curve", "  in-cluster: true\n  phases: [{qps: 1}]\n  qps: 3\n"),
      contains("note: weft perf curve has no use for this of the profile: in-cluster, phases\n"));
}
