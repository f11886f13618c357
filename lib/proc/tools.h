// The programs of others that weft can drive: what each is for, how to get it, and what of it is
// on this machine. None is needed to measure and score on one machine.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lib/proc/runner.h"

namespace weft::proc {

struct Tool {
  std::string_view program;
  std::string_view version_arguments;  // separated by spaces
  std::string_view minimum;            // oldest version known to work, "" for any
  std::string_view without;            // what does not work when it is missing
  std::string_view remedy;             // how to get it
};

std::span<const Tool> tools();

enum class ToolState { found, outdated, broken, missing };

struct ToolReport {
  const Tool* tool;
  ToolState state;
  std::string path;     // empty when missing
  std::string version;  // empty when the program does not say
  std::string problem;  // of a broken one: why its version could not be asked
};

ToolReport inspect_tool(Runner& runner, const Tool& tool, const base::StopFlag& stop);

// The first "1.2" or "1.2.3" in what a program says about itself; empty when there is none.
std::string find_version(std::string_view text);

// Compares the numbers of dotted versions: negative, zero or positive like a - b.
int compare_versions(std::string_view a, std::string_view b);

// Limits the kernel sets to the open files of this process, which a load test runs into.
struct FileLimits {
  std::uint64_t now = 0;   // soft limit
  std::uint64_t most = 0;  // hard limit
};
FileLimits read_file_limits();

}  // namespace weft::proc
