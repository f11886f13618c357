// The command line of weft: the tree of commands and the flags every command has.
#pragma once

#include <string>
#include <vector>

#include "lib/cli/command.h"

namespace weft::cmd {

// Built anew by each call; one line per command or group of commands in commands.cpp.
cli::Command root();

struct Globals {
  std::string output = "table";
  std::string color = "auto";
  bool quiet = false;
  std::vector<std::string> verbose;  // one entry per -v
  bool help = false;
};

// Bound to `globals`, which must outlive them.
std::vector<cli::Flag> global_flags(Globals& globals);

}  // namespace weft::cmd
