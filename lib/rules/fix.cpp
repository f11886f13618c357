#include "lib/rules/fix.h"

#include <algorithm>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/rules/lines.h"

namespace weft::rules {
namespace {

const Member* member_with(const Value& here, const Value* wanted) {
  if (here.is_list())
    for (const Value& item : here.items())
      if (const Member* found = member_with(item, wanted)) return found;
  if (here.is_map()) {
    for (const Member& member : here.members()) {
      if (&member.value == wanted) return &member;
      if (const Member* found = member_with(member.value, wanted)) return found;
    }
  }
  return nullptr;
}

// How the scalar is written from `column` on: bare or in quotes, without escapes. 0: otherwise.
std::size_t written_length(std::string_view line, std::size_t start, const Value& value) {
  const std::string bare = scalar_text(&value);
  for (const char* quote : {"", "\"", "'"}) {
    const std::string form = fmt::format("{}{}{}", quote, bare, quote);
    if (!bare.empty() && line.substr(std::min(start, line.size())).starts_with(form))
      return form.size();
  }
  return 0;
}

// "key: scalar" alone on its line, with or without a comment.
bool fills_line(std::string_view line, const Member& member) {
  const std::size_t key = member.key_position.column - 1;
  const std::size_t value = member.value.position().column - 1;
  const std::size_t length = written_length(line, value, member.value);
  if (length == 0 || member.key_position.line != member.value.position().line) return false;
  const std::string_view after = base::trim(line.substr(value + length));
  return base::trim(line.substr(0, key)).empty() && (after.empty() || after.starts_with('#'));
}

// False when the line cannot be changed safely.
bool apply(const Fix& fix, const Value& root, const Lines& lines, FileEdit& edit) {
  const std::uint32_t number = fix.target->position().line;
  if (edit.lines.contains(number)) return false;
  std::string line(lines[number]);
  const std::size_t start = fix.target->position().column - 1;
  if (fix.kind == Fix::Kind::remove) {
    const Member* member = member_with(root, fix.target);
    if (member == nullptr || !fills_line(line, *member)) return false;
    edit.lines[number] = std::nullopt;
    return true;
  }
  const std::size_t length = written_length(line, start, *fix.target);
  if (length == 0) return false;
  edit.lines[number] = line.replace(start, length, fix.text);
  return true;
}

}  // namespace

FileEdit fixes_for(const doc::Source& source, const std::vector<Finding>& findings) {
  FileEdit edit;
  const Lines lines(source);
  for (const Finding& finding : findings)
    if (finding.source.get() == &source && finding.fix.kind != Fix::Kind::none &&
        apply(finding.fix, *finding.resource->root, lines, edit))
      ++edit.fixed;
  return edit;
}

std::string edited(const doc::Source& source, const FileEdit& edit) {
  const Lines lines(source);
  std::string out;
  for (std::uint32_t number = 1; number <= lines.size(); ++number) {
    const auto change = edit.lines.find(number);
    if (change != edit.lines.end() && !change->second) continue;
    out += change == edit.lines.end() ? std::string(lines[number]) : *change->second;
    if (number < lines.size()) out += '\n';
  }
  return out;
}

std::string diff(const doc::Source& source, const FileEdit& edit) {
  constexpr std::uint32_t kContext = 3;
  const Lines lines(source);
  const bool is_ended = source.text().ends_with('\n');
  const auto length = static_cast<std::uint32_t>(lines.size() - (is_ended ? 1 : 0));
  std::string out = fmt::format("--- {}\n+++ {}\n", source.name(), source.name());
  std::int64_t shift = 0;  // lines dropped before the hunk
  for (auto at = edit.lines.begin(); at != edit.lines.end();) {
    const std::uint32_t first = at->first > kContext ? at->first - kContext : 1;
    std::uint32_t last = at->first;
    auto end = at;
    while (end != edit.lines.end() && end->first <= last + 2 * kContext) last = (end++)->first;
    last = std::min(last + kContext, length);
    std::string body;
    std::int64_t dropped = 0;
    for (std::uint32_t number = first; number <= last; ++number) {
      const auto change = edit.lines.find(number);
      body += fmt::format("{}{}\n", change == edit.lines.end() ? ' ' : '-', lines[number]);
      if (change == edit.lines.end()) continue;
      if (change->second)
        body += fmt::format("+{}\n", *change->second);
      else
        ++dropped;
    }
    const std::int64_t count = std::int64_t{last} - first + 1;
    out +=
        fmt::format("@@ -{},{} +{},{} @@\n{}", first, count, first - shift, count - dropped, body);
    shift += dropped;
    at = end;
  }
  return out;
}

}  // namespace weft::rules
