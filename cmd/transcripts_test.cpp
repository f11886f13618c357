// Every transcript below testdata/cli, run against the built program (WEFT_BINARY) in a temporary
// folder with an environment of its own. WEFT_UPDATE_TRANSCRIPTS=1 rewrites them instead.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "lib/base/file.h"
#include "lib/proc/system_runner.h"
#include "lib/testkit/paths.h"
#include "lib/testkit/temp_dir.h"
#include "lib/testkit/transcript.h"

using namespace weft;
namespace fs = std::filesystem;

namespace {

using Lines = std::vector<std::string>;

std::string replace_all(std::string text, const std::string& from, const std::string& to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
  return text;
}

std::string joined(const Lines& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + '\n';
  return text;
}

// Nothing of the machine shows through: programs are found in bin/ only.
base::Environment clean_environment(const std::string& dir) {
  std::map<std::string, std::string, std::less<>> variables = {
      {"HOME", dir + "/home"},
      {"XDG_CONFIG_HOME", dir + "/home/.config"},
      {"XDG_DATA_HOME", dir + "/home/.local/share"},
      {"XDG_CACHE_HOME", dir + "/home/.cache"},
      {"TERM", "dumb"},
      {"PATH", dir + "/bin"}};
  return base::Environment(std::move(variables));
}

void write_files(const testkit::Transcript::Step& step, const std::string& dir) {
  for (const auto& [name, content] : step.files)
    REQUIRE(base::write_file(dir + '/' + name, content).ok());
  for (const std::string& name : step.executables)
    fs::permissions(dir + '/' + name, fs::perms::owner_all);
}

proc::Command to_command(const std::string& line, const std::string& binary,
                         const std::string& dir) {
  Lines words = testkit::split_words(line);
  proc::Command command{.directory = dir};
  while (!words.empty() && words.front().find('=') != std::string::npos) {
    const auto equals = words.front().find('=');
    command.env[words.front().substr(0, equals)] =
        replace_all(words.front().substr(equals + 1), "$DIR", dir);
    words.erase(words.begin());
  }
  if (words.size() > 2 && words[words.size() - 2] == "<") {
    command.input = base::read_file(dir + '/' + words.back()).value();
    words.resize(words.size() - 2);
  }
  REQUIRE(!words.empty());
  REQUIRE(words.front() == "weft");
  words.front() = binary;
  command.argv = std::move(words);
  return command;
}

void replay(const std::string& path, const std::string& binary, bool update) {
  const testkit::TempDir temp;
  const std::string dir = temp.path();
  fs::create_directories(dir + "/home");
  proc::SystemRunner runner(clean_environment(dir));
  auto transcript = testkit::parse_transcript(base::read_file(path).value());
  for (auto& step : transcript.steps) {
    write_files(step, dir);
    if (step.command.empty()) continue;
    const auto done = runner.run(to_command(step.command, binary, dir));
    INFO("$ " << step.command);
    if (!done.ok()) FAIL(done.error().message);
    const Lines actual = testkit::render(replace_all(done->out, dir, "$DIR"),
                                         replace_all(done->err, dir, "$DIR"), done->exit_code);
    if (update)
      step.lines = testkit::updated(step.lines, actual);
    else if (!testkit::match(step.lines, actual))
      FAIL_CHECK("expected:\n" << joined(step.lines) << "got:\n" << joined(actual));
  }
  if (update) REQUIRE(base::write_file(path, testkit::format_transcript(transcript)).ok());
}

std::vector<std::string> transcript_files() {
  std::vector<std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(testkit::testdata("cli")))
    if (entry.path().extension() == ".txt") files.push_back(entry.path().string());
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

TEST_CASE("weft says what the transcripts say", "[transcripts]") {
  const char* binary = std::getenv("WEFT_BINARY");
  REQUIRE(binary != nullptr);
  const bool update = std::getenv("WEFT_UPDATE_TRANSCRIPTS") != nullptr;
  for (const std::string& path : transcript_files()) {
    INFO(path);
    replay(path, binary, update);
  }
}
