#include "lib/proc/system_runner.h"

#include <dirent.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cerrno>
#include <csignal>
#include <fstream>
#include <thread>

#include "lib/proc/feed.h"
#include "lib/testkit/temp_dir.h"

using namespace weft;
using namespace std::chrono_literals;
using proc::Command;

namespace {

proc::SystemRunner make_runner() {
  std::signal(SIGPIPE, SIG_IGN);
  return proc::SystemRunner(base::Environment::of_process());
}

Command shell(std::string script) { return {.argv = {"/bin/sh", "-c", std::move(script)}}; }

std::size_t open_descriptors() {
  std::size_t count = 0;
  DIR* folder = ::opendir("/proc/self/fd");
  while (::readdir(folder) != nullptr) ++count;
  ::closedir(folder);
  return count;
}

bool has_children() { return ::waitpid(-1, nullptr, WNOHANG) >= 0 || errno != ECHILD; }

}  // namespace

TEST_CASE("a child's outputs and exit code come back apart") {
  auto runner = make_runner();
  const auto done = runner.run(shell("echo out; echo err >&2; exit 3"));
  REQUIRE(done.ok());
  CHECK(done->out == "out\n");
  CHECK(done->err == "err\n");
  CHECK(done->exit_code == 3);
}

TEST_CASE("input larger than a pipe arrives whole while output flows back") {
  auto runner = make_runner();
  const std::string input(3'000'000, 'x');
  const auto done = runner.run({.argv = {"cat"}, .input = input});
  REQUIRE(done.ok());
  CHECK(done->out == input);
}

TEST_CASE("a child that does not read its input is no error") {
  auto runner = make_runner();
  const auto done = runner.run({.argv = {"true"}, .input = std::string(1'000'000, 'x')});
  REQUIRE(done.ok());
  CHECK(done->exit_code == 0);
}

TEST_CASE("environment and working directory reach the child") {
  auto runner = make_runner();
  Command command = shell("echo $GREETING; pwd");
  command.env["GREETING"] = "hello";
  command.directory = "/";
  const auto done = runner.run(command);
  REQUIRE(done.ok());
  CHECK(done->out == "hello\n/\n");
}

TEST_CASE("death by a signal is 128 plus its number") {
  auto runner = make_runner();
  const auto done = runner.run(shell("kill -9 $$"));
  REQUIRE(done.ok());
  CHECK(done->exit_code == 137);
}

TEST_CASE("a program that does not exist is a tool error with a remedy") {
  auto runner = make_runner();
  const auto missing = runner.run({.argv = {"weft-no-such-program"}});
  REQUIRE_FALSE(missing.ok());
  CHECK(missing.error().code == base::ExitCode::tool);
  CHECK(missing.error().message == "weft-no-such-program is not on the PATH");
  CHECK_FALSE(missing.error().remedy.empty());
}

TEST_CASE("a deadline ends the whole group, even one that ignores SIGINT") {
  auto runner = make_runner();
  Command command = shell("echo trouble >&2; trap '' INT; sleep 600 & sleep 600");
  command.deadline = 200ms;
  command.grace = 100ms;
  const auto late = runner.run(command);
  REQUIRE_FALSE(late.ok());
  CHECK(late.error().code == base::ExitCode::timeout);
  CHECK(late.error().cause == "trouble");
  CHECK_FALSE(has_children());
}

TEST_CASE("a stop request ends the child") {
  auto runner = make_runner();
  base::StopFlag stop;
  Command command = shell("sleep 600");
  command.stop = &stop;
  std::thread other([&stop] {
    std::this_thread::sleep_for(50ms);
    stop.request();
  });
  const auto stopped = runner.run(command);
  other.join();
  REQUIRE_FALSE(stopped.ok());
  CHECK(stopped.error().code == base::ExitCode::interrupted);
}

TEST_CASE("lines are told while the child still runs, and collected") {
  auto runner = make_runner();
  base::StopFlag stop;
  std::vector<std::string> told;
  Command command = shell("echo one; echo two >&2; printf three; sleep 600");
  command.stop = &stop;
  command.on_line = [&](proc::Output output, std::string_view line) {
    told.push_back((output == proc::Output::out ? "out " : "err ") + std::string(line));
    if (told.size() == 2) stop.request();
  };
  CHECK(runner.run(command).error().code == base::ExitCode::interrupted);
  std::sort(told.begin(), told.end());
  CHECK(told == std::vector<std::string>{"err two", "out one"});

  told.clear();
  Command whole = shell("printf 'a\\n\\nb'");
  whole.on_line = command.on_line;
  CHECK(runner.run(whole)->out == "a\n\nb");
  CHECK(told == std::vector<std::string>{"out a", "out ", "out b"});
}

TEST_CASE("a child may finish its work when it is asked to stop") {
  auto runner = make_runner();
  base::StopFlag stop;
  testkit::TempDir folder;
  Command command =
      shell("trap 'echo done > mark; exit 1' INT; echo ready; while :; do sleep 0.05; done");
  command.directory = folder.path();
  command.stop = &stop;
  command.on_line = [&stop](proc::Output, std::string_view) { stop.request(); };
  CHECK(runner.run(command).error().code == base::ExitCode::interrupted);
  CHECK(std::ifstream(folder.path() + "/mark").good());
}

TEST_CASE("output over the limit ends the child with an error") {
  auto runner = make_runner();
  Command command = shell("while :; do echo yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy; done");
  command.output_limit = 100'000;
  const auto flood = runner.run(command);
  REQUIRE_FALSE(flood.ok());
  CHECK(flood.error().code == base::ExitCode::tool);
}

TEST_CASE("a grandchild that keeps the pipes open does not hold us up and is ended") {
  auto runner = make_runner();
  Command command = shell("sleep 600 & echo $!");
  command.deadline = 30s;
  const auto done = runner.run(command);
  REQUIRE(done.ok());
  CHECK(done->exit_code == 0);
  const std::string state = "/proc/" + done->out.substr(0, done->out.find('\n')) + "/stat";
  std::string word;
  for (int i = 0; i < 200; ++i) {  // gone, or a zombie that waits for init
    std::ifstream file(state);
    if (!(file >> word >> word >> word) || word == "Z") break;
    std::this_thread::sleep_for(10ms);
  }
  CHECK((word == "Z" || !std::ifstream(state)));
}

TEST_CASE("a child that closes its outputs and lives on is still under the deadline") {
  auto runner = make_runner();
  Command command = shell("exec >&- 2>&-; sleep 600");
  command.deadline = 200ms;
  const auto late = runner.run(command);
  REQUIRE_FALSE(late.ok());
  CHECK(late.error().code == base::ExitCode::timeout);
}

TEST_CASE("a thousand children leave no descriptors and no zombies") {
  auto runner = make_runner();
  const std::size_t before = open_descriptors();
  for (int i = 0; i < 1000; ++i) {
    const auto done = runner.run({.argv = {"/bin/true"}});
    REQUIRE(done.ok());
    REQUIRE(done->exit_code == 0);
  }
  CHECK(open_descriptors() == before);
  CHECK_FALSE(has_children());
}

TEST_CASE("programs are found on absolute PATH entries only, and must be executable files") {
  const proc::SystemRunner runner(base::Environment(
      std::map<std::string, std::string, std::less<>>{{"PATH", ".::/bin:/usr/bin"}}));
  CHECK(runner.find("sh") == "/bin/sh");
  CHECK_FALSE(runner.find("README.md"));
  CHECK_FALSE(runner.find(""));
  CHECK_FALSE(runner.find("/etc/passwd"));
  CHECK_FALSE(runner.find("/etc"));
}

TEST_CASE("a command's text can be pasted into a shell") {
  const Command command{.argv = {"kubectl", "get", "it's", "", "a b"}, .env = {{"K", "v w"}}};
  CHECK(command.text() == "K='v w' kubectl get 'it'\\''s' '' 'a b'");
}

TEST_CASE("a feed gives a child more input while it runs") {
  auto runner = make_runner();
  auto feed = std::make_shared<proc::Feed>();
  Command command{.argv = {"cat"}, .input = "first\n", .feed = feed};
  std::vector<std::string> lines;
  command.collect = false;
  command.on_line = [&](proc::Output, std::string_view line) {
    lines.emplace_back(line);
    if (lines.size() == 1) feed->write("second\n");
    if (lines.size() == 2) feed->write(std::string(200'000, 'x') + "\n");
    if (lines.size() == 3) feed->close();
  };
  const auto done = runner.run(command);
  REQUIRE(done.ok());
  REQUIRE(lines.size() == 3);
  CHECK(lines[1] == "second");
  CHECK(lines[2].size() == 200'000);
  CHECK(done->out.empty());
}

TEST_CASE("a child that ends does not wait for its feed") {
  auto runner = make_runner();
  Command command = shell("read line; exit 4");
  command.feed = std::make_shared<proc::Feed>();
  command.feed->write("one\n");
  const auto done = runner.run(command);
  REQUIRE(done.ok());
  CHECK(done->exit_code == 4);
}
