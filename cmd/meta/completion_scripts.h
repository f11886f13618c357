// The files below completions/, compiled in.
#pragma once

#include <span>
#include <string_view>

namespace weft::cmd {

struct CompletionScript {
  std::string_view shell;
  std::string_view install;  // a command that installs it
  std::string_view text;
};

std::span<const CompletionScript> completion_scripts();

}  // namespace weft::cmd
