#include "lib/cli/complete.h"

#include <algorithm>

#include "lib/base/format.h"
#include "lib/cli/tokens.h"

namespace weft::cli {
namespace {

bool names_files(std::string_view value_name) {
  return value_name.find("FILE") != std::string_view::npos ||
         value_name.find("DIR") != std::string_view::npos;
}

// Where the word being typed stands.
struct Place {
  const Command* command;
  std::vector<const Flag*> flags;
  const Flag* value_of = nullptr;  // the word is the value of this flag
  std::size_t arguments = 0;       // arguments before the word
  bool flags_ended = false;
};

std::vector<const Flag*> flags_of(const Command& command, std::span<const Flag> globals) {
  std::vector<const Flag*> flags;
  for (const Flag& flag : command.flags) flags.push_back(&flag);
  for (const Flag& flag : globals) flags.push_back(&flag);
  return flags;
}

void descend(Place& place, std::span<const Flag> globals, const std::string& word) {
  for (const Command& sub : place.command->commands) {
    if (sub.name != word) continue;
    place.command = &sub;
    place.flags = flags_of(sub, globals);
    return;
  }
  ++place.arguments;
}

Place find_place(const Command& root, std::span<const Flag> globals,
                 std::span<const std::string> finished) {
  Place place{.command = &root, .flags = flags_of(root, globals)};
  for (const std::string& word : finished) {
    if (place.value_of != nullptr) {
      place.value_of = nullptr;
    } else if (!place.flags_ended && word == "--") {
      place.flags_ended = true;
    } else if (const FlagWord seen = look_at(place.flags, word);
               !place.flags_ended && seen.is_flag) {
      place.value_of = seen.wants_next ? seen.last : nullptr;
    } else {
      descend(place, globals, word);
    }
  }
  return place;
}

void keep_matching(std::vector<Candidate>& candidates, std::string_view prefix) {
  candidates.erase(std::remove_if(candidates.begin(), candidates.end(),
                                  [prefix](const Candidate& candidate) {
                                    return !candidate.value.starts_with(prefix);
                                  }),
                   candidates.end());
}

Completion complete_value(const Flag& flag, std::string_view prefix, cmd::Context& context) {
  Completion completion{.files = !flag.complete && names_files(flag.value_name)};
  if (flag.complete) completion.candidates = flag.complete(context, prefix);
  for (const std::string& choice : flag.choices) completion.candidates.push_back({choice, ""});
  keep_matching(completion.candidates, prefix);
  return completion;
}

// "--output=js": the shell wants the whole word back.
Completion complete_inline(const FlagWord& seen, std::string_view word, cmd::Context& context) {
  Completion completion = complete_value(*seen.last, seen.inline_value, context);
  const std::string_view head = word.substr(0, word.size() - seen.inline_value.size());
  for (Candidate& candidate : completion.candidates)
    candidate.value = fmt::format("{}{}", head, candidate.value);
  return completion;
}

Completion complete_flag_names(const Place& place, std::string_view prefix) {
  Completion completion;
  for (const Flag* flag : place.flags)
    if (!flag->hidden) completion.candidates.push_back({flag->name, flag->help});
  keep_matching(completion.candidates, prefix);
  return completion;
}

Completion complete_argument(const Place& place, std::string_view prefix, cmd::Context& context) {
  Completion completion;
  for (const Command& sub : place.command->commands)
    if (!sub.hidden && place.arguments == 0)
      completion.candidates.push_back({sub.name, sub.summary});
  const auto& arguments = place.command->arguments;
  if (!arguments.empty()) {
    const std::size_t index = std::min(place.arguments, arguments.size() - 1);
    const Argument& argument = arguments[index];
    if (index == place.arguments || argument.repeatable) {
      if (argument.complete) completion.candidates = argument.complete(context, prefix);
      completion.files = names_files(argument.name);
    }
  }
  keep_matching(completion.candidates, prefix);
  return completion;
}

}  // namespace

Completion complete(const Command& root, std::span<const Flag> globals,
                    std::span<const std::string> words, cmd::Context& context) {
  const std::string word = words.empty() ? "" : words.back();
  const Place place = find_place(root, globals, words.first(words.empty() ? 0 : words.size() - 1));
  if (place.value_of != nullptr) return complete_value(*place.value_of, word, context);
  if (!place.flags_ended && word.starts_with('-')) {
    const FlagWord seen = look_at(place.flags, word);
    if (seen.has_inline_value && seen.last != nullptr) return complete_inline(seen, word, context);
    return complete_flag_names(place, word);
  }
  return complete_argument(place, word, context);
}

}  // namespace weft::cli
