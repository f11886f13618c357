// A command line cut into flags with their values and arguments, as CLI11 understands it:
// "--qps 5", "--qps=5", "-H a -Hb -H=c", "-qvv", "--keepalive=false", "-" as an argument, negative
// numbers, flags after arguments, "--" ends the flags. Nothing is set or checked here.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "lib/base/result.h"
#include "lib/cli/command.h"

namespace weft::cli {

struct Given {
  const Flag* flag;
  std::string value;  // "true" for a switch without a value
};

struct Tokens {
  std::vector<Given> flags;  // in the order given
  std::vector<std::string> arguments;
  std::vector<std::string> unknown;  // words that look like flags and are none of `flags`
};

// The one error is a flag at the end of the line that lacks its value.
base::Result<Tokens> tokenise(std::span<const Flag* const> flags,
                              std::span<const std::string> words);

// One step of reading a line from the left: does this word name flags, and does the last of them
// take the next word as its value? "--a=b" and "-Xb" carry their value with them.
struct FlagWord {
  bool is_flag = false;        // looks like a flag: not "-", not a negative number
  bool wants_next = false;     // the next word is its value
  const Flag* last = nullptr;  // the flag that takes the value, or the only one; null if unknown
  std::string_view inline_value;
  bool has_inline_value = false;
};
FlagWord look_at(std::span<const Flag* const> flags, std::string_view word);

}  // namespace weft::cli
