#include "lib/cli/parse.h"

#include <algorithm>

#include "lib/base/format.h"
#include "lib/base/text.h"

namespace weft::cli {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;

std::vector<const Flag*> flags_of(const Command& command, std::span<const Flag> globals) {
  std::vector<const Flag*> flags;
  for (const Flag& flag : command.flags) flags.push_back(&flag);
  for (const Flag& flag : globals) flags.push_back(&flag);
  return flags;
}

const Command* subcommand(const Command& group, std::string_view name) {
  for (const Command& command : group.commands)
    if (command.name == name) return &command;
  return nullptr;
}

Error unknown_command(std::span<const Command* const> path, std::string_view word) {
  std::vector<std::string> names;
  for (const Command& command : path.back()->commands)
    if (!command.hidden) names.push_back(command.name);
  const std::string parent = command_line_name(path);
  return Error{
      ExitCode::usage,
      fmt::format("\"{}\" is not a command of {}{}", word, parent, base::did_you_mean(word, names)),
      fmt::format("{} --help", parent)};
}

Error unknown_flag(const Invocation& call, std::span<const Flag* const> flags,
                   std::string_view word) {
  std::vector<std::string> names;
  for (const Flag* flag : flags)
    if (!flag->hidden) names.push_back(flag->name);
  const std::string name = command_line_name(call.path);
  const std::string_view flag = word.substr(0, word.find('='));
  return Error{ExitCode::usage,
               fmt::format("{} has no flag {}{}", name, flag, base::did_you_mean(flag, names)),
               fmt::format("{} --help", name)};
}

// Walks down the tree along the command words; what is left of the line comes back.
Result<std::vector<std::string>> descend(Invocation& call, std::span<const Flag> globals,
                                         std::span<const std::string> words) {
  std::vector<std::string> left;
  bool is_value = false;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const Command& here = call.command();
    if (here.commands.empty() || (words[i] == "--" && !is_value)) {
      left.insert(left.end(), words.begin() + static_cast<std::ptrdiff_t>(i), words.end());
      break;
    }
    const auto flags = flags_of(here, globals);
    const FlagWord seen = is_value ? FlagWord{} : look_at(flags, words[i]);
    if (seen.is_flag && seen.last == nullptr) return unknown_flag(call, flags, words[i]);
    if (seen.is_flag || is_value) {
      is_value = seen.wants_next;
      left.push_back(words[i]);
      continue;
    }
    const Command* next = subcommand(here, words[i]);
    if (next == nullptr) return unknown_command(call.path, words[i]);
    call.path.push_back(next);
  }
  return left;
}

Error in_context(Error error, std::string_view name, const Setting* setting) {
  error.message = fmt::format("{}: {}", name, error.message);
  if (setting != nullptr) {
    const bool in_file = setting->where.line != 0;  // then the position says it
    if (!in_file) error.message += fmt::format(" (from {})", setting->origin);
    if (in_file) error.code = ExitCode::input;
    error.where = setting->where;
  }
  return error;
}

Result<void> set_flag(const Flag& flag, const std::string& value, const Setting* setting) {
  if (!flag.choices.empty() &&
      std::find(flag.choices.begin(), flag.choices.end(), value) == flag.choices.end())
    return in_context(Error{ExitCode::usage, fmt::format("\"{}\" is not one of {}{}", value,
                                                         base::join(flag.choices, ", "),
                                                         base::did_you_mean(value, flag.choices))},
                      flag.name, setting);
  if (auto set = flag.set(value); !set.ok())
    return in_context(std::move(set).error(), flag.name, setting);
  return {};
}

Result<void> apply_settings(const Invocation& call, std::span<const Flag> globals,
                            const Settings& settings) {
  for (const Flag* flag : flags_of(call.command(), globals)) {
    if (flag->config_key.empty()) continue;
    if (std::any_of(call.flags.begin(), call.flags.end(),
                    [flag](const Given& given) { return given.flag == flag; }))
      continue;
    const auto setting = settings(*flag);
    if (!setting) continue;
    for (const std::string& value : setting->values) WEFT_CHECK(set_flag(*flag, value, &*setting));
  }
  return {};
}

std::string usage_remedy(const Invocation& call) {
  return fmt::format("{} --help", command_line_name(call.path));
}

Result<void> apply_arguments(const Invocation& call) {
  std::size_t used = 0;
  for (const Argument& argument : call.command().arguments) {
    if (used == call.arguments.size() && argument.required)
      return Error{ExitCode::usage,
                   fmt::format("{} needs {}: {}", command_line_name(call.path), argument.name,
                               argument.help),
                   usage_remedy(call)};
    const std::size_t end =
        argument.repeatable ? call.arguments.size() : std::min(used + 1, call.arguments.size());
    for (; used < end; ++used)
      if (auto set = argument.set(call.arguments[used]); !set.ok())
        return in_context(std::move(set).error(), argument.name, nullptr);
  }
  if (used < call.arguments.size())
    return Error{ExitCode::usage,
                 fmt::format("{} does not take the argument \"{}\"", command_line_name(call.path),
                             call.arguments[used]),
                 usage_remedy(call)};
  return {};
}

}  // namespace

std::string command_line_name(std::span<const Command* const> path) {
  std::string name;
  for (const Command* command : path) name += (name.empty() ? "" : " ") + command->name;
  return name;
}

Result<std::vector<const Command*>> find_command(const Command& root,
                                                 std::span<const std::string> names) {
  std::vector<const Command*> path{&root};
  for (const std::string& name : names) {
    const Command* next = subcommand(*path.back(), name);
    if (next == nullptr) return unknown_command(path, name);
    path.push_back(next);
  }
  return path;
}

Result<Invocation> parse(const Command& root, std::span<const Flag> globals,
                         std::span<const std::string> words) {
  Invocation call{.path = {&root}, .flags = {}, .arguments = {}};
  WEFT_TRY(rest, descend(call, globals, words));
  const auto flags = flags_of(call.command(), globals);
  WEFT_TRY(tokens, tokenise(flags, rest));
  call.help = std::any_of(tokens.flags.begin(), tokens.flags.end(),
                          [](const Given& given) { return given.flag->name == "--help"; });
  if (!tokens.unknown.empty() && !call.help)
    return unknown_flag(call, flags, tokens.unknown.front());
  call.flags = std::move(tokens.flags);
  call.arguments = std::move(tokens.arguments);
  return call;
}

Result<void> apply(const Invocation& call, std::span<const Flag> globals,
                   const Settings& settings) {
  WEFT_CHECK(apply_settings(call, globals, settings));
  for (const Given& given : call.flags) WEFT_CHECK(set_flag(*given.flag, given.value, nullptr));
  return apply_arguments(call);
}

}  // namespace weft::cli
