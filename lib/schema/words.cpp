#include "lib/schema/words.h"

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/doc/write.h"
#include "lib/schema/issue.h"

namespace weft::schema {

std::string_view name_of(IssueKind kind) {
  constexpr std::string_view kNames[] = {"type",  "unknown-field", "required",  "value",
                                         "range", "pattern",       "duplicate", "combination",
                                         "rule",  "rule-failed",   "limit"};
  return kNames[static_cast<std::size_t>(kind)];
}

std::string_view noun_of(const Node& node) {
  if (node.int_or_string) return "an integer or a string";
  constexpr std::string_view kNouns[] = {"a value",  "true or false", "an integer", "a number",
                                         "a string", "a list",        "a map"};
  return kNouns[static_cast<std::size_t>(node.kind)];
}

std::string_view noun_of(const doc::Value& value) {
  return value.is_null()     ? "null"
         : value.is_bool()   ? "a boolean"
         : value.is_int()    ? "an integer"
         : value.is_number() ? "a number"
         : value.is_string() ? "a string"
         : value.is_list()   ? "a list"
                             : "a map";
}

std::string text_of(double number) { return fmt::format("{}", number); }

std::string shortened(std::string_view text) {
  constexpr std::size_t kShown = 80;
  if (text.size() <= kShown) return std::string(text);
  text = text.substr(0, kShown);
  return std::string(text.substr(0, base::valid_utf8_length(text))) + "...";
}

std::string text_of(const doc::Value& value) {
  if (value.is_string()) return shortened(value.string());
  return shortened(base::trim(doc::write_json(value, 0)));
}

std::string range_text(const Range& range, std::string_view noun) {
  const bool no_most = range.most == Range{}.most;
  if (no_most) return fmt::format("at least {}", base::plural(range.least, noun));
  if (range.least == range.most) return base::plural(range.least, noun);
  if (range.least == 0) return fmt::format("at most {}", base::plural(range.most, noun));
  return fmt::format("{} to {}", range.least, base::plural(range.most, noun));
}

}  // namespace weft::schema
