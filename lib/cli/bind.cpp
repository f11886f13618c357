// Binders: a flag or argument tied to a variable, by the variable's type.
#include <memory>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/cli/command.h"

namespace weft::cli {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;

Error unusable(std::string_view text, std::string_view what, std::string remedy) {
  return Error{ExitCode::usage, fmt::format("\"{}\" is not {}", text, what), std::move(remedy)};
}

Result<void> read_value(std::string_view text, bool& target) {
  if (text != "true" && text != "false") return unusable(text, "true or false", "");
  target = text == "true";
  return {};
}

Result<void> read_value(std::string_view text, std::string& target) {
  target = text;
  return {};
}

Result<void> read_value(std::string_view text, std::int64_t& target) {
  const auto number = base::parse_int(text);
  if (!number) return unusable(text, "a whole number", "");
  target = *number;
  return {};
}

Result<void> read_value(std::string_view text, double& target) {
  const auto number = base::parse_double(text);
  if (!number) return unusable(text, "a number", "");
  target = *number;
  return {};
}

Result<void> read_value(std::string_view text, base::Nanoseconds& target) {
  const auto duration = base::parse_duration(text);
  if (!duration.ok()) return unusable(text, "a duration", "write it like 300ms, 1.5s or 1h30m");
  target = *duration;
  return {};
}

template <typename T>
Result<void> read_value(std::string_view text, std::optional<T>& target) {
  T value{};
  WEFT_CHECK(read_value(text, value));
  target = std::move(value);
  return {};
}

template <typename T>
Setter setter(T& target) {
  return [&target](std::string_view text) { return read_value(text, target); };
}

// The first value given replaces the default, the following ones are added.
Setter setter(std::vector<std::string>& target) {
  return [&target, started = std::make_shared<bool>(false)](std::string_view text) -> Result<void> {
    if (!*started) target.clear();
    *started = true;
    target.emplace_back(text);
    return {};
  };
}

template <typename T>
Flag bound(std::string name, T& target, std::string help, std::string value_name,
           std::string default_text) {
  return {.name = std::move(name),
          .help = std::move(help),
          .value_name = std::move(value_name),
          .default_text = std::move(default_text),
          .set = setter(target)};
}

}  // namespace

Flag flag(std::string name, bool& target, std::string help) {
  return bound(std::move(name), target, std::move(help), "", target ? "true" : "");
}
Flag flag(std::string name, std::string& target, std::string help) {
  return bound(std::move(name), target, std::move(help), "TEXT", target);
}
Flag flag(std::string name, std::int64_t& target, std::string help) {
  return bound(std::move(name), target, std::move(help), "N", std::to_string(target));
}
Flag flag(std::string name, double& target, std::string help) {
  return bound(std::move(name), target, std::move(help), "NUMBER", fmt::format("{}", target));
}
Flag flag(std::string name, base::Nanoseconds& target, std::string help) {
  return bound(std::move(name), target, std::move(help), "DURATION", base::format_duration(target));
}
Flag flag(std::string name, std::vector<std::string>& target, std::string help) {
  Flag made = bound(std::move(name), target, std::move(help), "TEXT", base::join(target, ", "));
  made.repeatable = true;
  return made;
}
Flag flag(std::string name, std::optional<std::string>& target, std::string help) {
  return bound(std::move(name), target, std::move(help), "TEXT", "");
}
Flag flag(std::string name, std::optional<std::int64_t>& target, std::string help) {
  return bound(std::move(name), target, std::move(help), "N", "");
}
Flag flag(std::string name, std::optional<double>& target, std::string help) {
  return bound(std::move(name), target, std::move(help), "NUMBER", "");
}
Flag flag(std::string name, std::optional<base::Nanoseconds>& target, std::string help) {
  return bound(std::move(name), target, std::move(help), "DURATION", "");
}
Flag flag(std::string name, std::optional<bool>& target, std::string help) {
  return bound(std::move(name), target, std::move(help), "", "");
}

Argument argument(std::string name, std::string& target, std::string help) {
  return {.name = std::move(name), .help = std::move(help), .set = setter(target)};
}
Argument argument(std::string name, std::optional<std::string>& target, std::string help) {
  return {
      .name = std::move(name), .help = std::move(help), .required = false, .set = setter(target)};
}
Argument argument(std::string name, std::vector<std::string>& target, std::string help) {
  return {
      .name = std::move(name), .help = std::move(help), .repeatable = true, .set = setter(target)};
}

Flag&& Flag::takes(std::string new_value_name) && {
  value_name = std::move(new_value_name);
  return std::move(*this);
}
Flag&& Flag::in(std::string heading) && {
  group = std::move(heading);
  return std::move(*this);
}
Flag&& Flag::as(char short_letter) && {
  letter = short_letter;
  return std::move(*this);
}
Flag&& Flag::one_of(std::vector<std::string> values) && {
  choices = std::move(values);
  value_name = base::join(choices, "|");
  return std::move(*this);
}
Flag&& Flag::completes(Completer completer) && {
  complete = std::move(completer);
  return std::move(*this);
}
Flag&& Flag::from_config(std::string key) && {
  config_key = std::move(key);
  return std::move(*this);
}
Flag&& Flag::hide() && {
  hidden = true;
  return std::move(*this);
}
Flag&& Flag::defaults_to(std::string text) && {
  default_text = std::move(text);
  return std::move(*this);
}

Argument&& Argument::optional() && {
  required = false;
  return std::move(*this);
}
Argument&& Argument::completes(Completer completer) && {
  complete = std::move(completer);
  return std::move(*this);
}

}  // namespace weft::cli
