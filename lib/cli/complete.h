// What may stand next on an unfinished command line: subcommands, flags, values. The scripts in
// completions/ call `weft __complete -- words...` and show what comes back.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "lib/cli/command.h"

namespace weft::cli {

struct Completion {
  std::vector<Candidate> candidates;
  bool files = false;  // names of files fit here too
};

// `words` are those after the program's name; the last one is the one being typed, perhaps "".
Completion complete(const Command& root, std::span<const Flag> globals,
                    std::span<const std::string> words, cmd::Context& context);

}  // namespace weft::cli
