// Flags whose text goes through a reader of lib/perf or lib/net.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "lib/cli/command.h"
#include "lib/smp/run.h"

namespace weft::cmd {

template <typename T>
void keep(std::optional<T>& target, T value) {
  target = std::move(value);
}

template <typename T>
void keep(std::vector<T>& target, T value) {
  target.push_back(std::move(value));
}

inline void keep(smp::Labels& target, std::pair<std::string, std::string> value) {
  target.insert_or_assign(std::move(value.first), std::move(value.second));
}

template <typename Target, typename Parse>
cli::Flag parsed(std::string_view name, Target& target, Parse parse, std::string_view help) {
  return {.name = std::string(name),
          .help = std::string(help),
          .set = [&target, parse](std::string_view text) -> base::Result<void> {
            WEFT_TRY(value, parse(text));
            keep(target, std::move(value));
            return {};
          }};
}

template <typename Target, typename Parse>
cli::Flag repeated(std::string_view name, Target& target, Parse parse, std::string_view help) {
  cli::Flag flag = parsed(name, target, parse, help);
  flag.repeatable = true;
  return flag;
}

}  // namespace weft::cmd
