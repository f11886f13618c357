#include "lib/cli/tokens.h"

#include <CLI/CLI.hpp>
#include <map>

#include "lib/base/format.h"

namespace weft::cli {
namespace {

const Flag* by_letter(std::span<const Flag* const> flags, char letter) {
  for (const Flag* flag : flags)
    if (flag->letter == letter) return flag;
  return nullptr;
}

const Flag* by_name(std::span<const Flag* const> flags, std::string_view name) {
  for (const Flag* flag : flags)
    if (flag->name == name) return flag;
  return nullptr;
}

FlagWord look_at_letters(std::span<const Flag* const> flags, std::string_view word) {
  FlagWord seen{.is_flag = true};
  for (std::size_t i = 1; i < word.size(); ++i) {
    seen.last = by_letter(flags, word[i]);
    if (seen.last == nullptr) return seen;
    if (seen.last->value_name.empty()) continue;
    std::string_view rest = word.substr(i + 1);
    seen.wants_next = rest.empty();
    seen.has_inline_value = !rest.empty();
    if (rest.starts_with('=')) rest.remove_prefix(1);
    seen.inline_value = rest;
    return seen;
  }
  return seen;
}

// CLI11 lets "--qps=" take the next word and keeps the "=" of "-o=json": a value that hangs on its
// flag becomes a word of its own before CLI11 sees it.
std::vector<std::string> detach_values(std::span<const Flag* const> flags,
                                       std::span<const std::string> words) {
  std::vector<std::string> out;
  bool is_value = false;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (!is_value && words[i] == "--") {
      out.insert(out.end(), words.begin() + static_cast<std::ptrdiff_t>(i), words.end());
      break;
    }
    const FlagWord seen = is_value ? FlagWord{} : look_at(flags, words[i]);
    is_value = seen.wants_next;
    const bool detach = seen.has_inline_value && seen.last && !seen.last->value_name.empty();
    if (!detach) {
      out.push_back(words[i]);
      continue;
    }
    std::string head = words[i].substr(0, words[i].size() - seen.inline_value.size());
    if (head.ends_with('=')) head.pop_back();
    out.push_back(std::move(head));
    out.emplace_back(seen.inline_value);
  }
  return out;
}

bool is_unknown_flag(std::span<const Flag* const> flags, const std::string& word) {
  return look_at(flags, word).is_flag;
}

}  // namespace

FlagWord look_at(std::span<const Flag* const> flags, std::string_view word) {
  const bool number = word.size() > 1 && word[1] >= '0' && word[1] <= '9';
  if (word.size() < 2 || word[0] != '-' || number) return {};
  if (word[1] != '-') return look_at_letters(flags, word);
  const auto equals = word.find('=');
  FlagWord seen{.is_flag = true, .last = by_name(flags, word.substr(0, equals))};
  seen.has_inline_value = equals != std::string_view::npos;
  if (seen.has_inline_value) seen.inline_value = word.substr(equals + 1);
  seen.wants_next = seen.last && !seen.last->value_name.empty() && !seen.has_inline_value;
  return seen;
}

base::Result<Tokens> tokenise(std::span<const Flag* const> flags,
                              std::span<const std::string> words) {
  CLI::App app;
  app.set_help_flag();
  app.allow_extras();
  std::map<const CLI::Option*, std::pair<const Flag*, std::size_t>> seen;  // results used so far
  for (const Flag* flag : flags) {
    const std::string names =
        flag->letter ? fmt::format("{},-{}", flag->name, flag->letter) : flag->name;
    CLI::Option* option = flag->value_name.empty() ? app.add_flag(names) : app.add_option(names);
    option->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)->allow_extra_args(false);
    seen[option] = {flag, 0};
  }
  std::vector<std::string> line = detach_values(flags, words);
  const std::string last = line.empty() ? "" : line.back();
  std::reverse(line.begin(), line.end());
  try {
    app.parse(std::move(line));
  } catch (const CLI::ParseError&) {  // all that is left to CLI11 to refuse
    const Flag* flag = look_at(flags, last).last;
    return base::Error{base::ExitCode::usage, fmt::format("{} needs a value", last),
                       flag ? fmt::format("{} {}", last, flag->value_name) : ""};
  }
  Tokens tokens;
  for (const CLI::Option* option : app.parse_order()) {
    auto& [flag, used] = seen.at(option);
    tokens.flags.push_back({flag, option->results().at(used++)});
  }
  bool flags_ended = false;
  for (std::string& word : app.remaining()) {
    if (!flags_ended && word == "--") {
      flags_ended = true;
    } else {
      const bool unknown = !flags_ended && is_unknown_flag(flags, word);
      (unknown ? tokens.unknown : tokens.arguments).push_back(std::move(word));
    }
  }
  return tokens;
}

}  // namespace weft::cli
