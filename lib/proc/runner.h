// Child processes behind an interface, so that tests can stand in for every program we drive.
// No shell is ever involved. Each child has its own process group, which is killed as a whole
// at the deadline or when `stop` is requested.
//
//   WEFT_TRY(result, runner.run({.argv = {"kubectl", "version", "--client"}}));
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/number.h"
#include "lib/base/result.h"
#include "lib/base/stop.h"

namespace weft::proc {

class Feed;  // feed.h

enum class Output { out, err };

struct Command {
  std::vector<std::string> argv;  // argv[0] is looked up on PATH unless it contains a slash
  std::string input;              // given on standard input
  std::shared_ptr<Feed> feed{};   // gives more of it while the child runs, until it is closed
  std::map<std::string, std::string> env;  // added to ours
  std::string directory;                   // working directory, "" is ours
  base::Nanoseconds deadline = std::chrono::seconds(60);
  std::uint64_t output_limit = 64u << 20;  // of each stream; more ends the child with an error
  const base::StopFlag* stop = nullptr;
  // Between asking the group to end (SIGINT) and killing it, at the deadline or a stop request.
  base::Nanoseconds grace = std::chrono::seconds(2);
  // Called with each line, without its end, as soon as the child has written it; in the thread of
  // run(). The text is collected all the same, unless `collect` is false.
  std::function<void(Output, std::string_view)> on_line;
  bool collect = true;

  std::string text() const;  // quoted for pasting into a shell
};

struct Finished {
  int exit_code = 0;  // 128 + n when killed by signal n
  std::string out;
  std::string err;
};

class Runner {
 public:
  virtual ~Runner() = default;
  // A child that ran and failed is a Finished with its exit code; errors are: not found (tool),
  // deadline (timeout), too much output (tool), stopped (interrupted).
  virtual base::Result<Finished> run(const Command& command) = 0;
  // The absolute path of a program, absent when it is not on PATH.
  virtual std::optional<std::string> find(const std::string& program) const = 0;
};

}  // namespace weft::proc
