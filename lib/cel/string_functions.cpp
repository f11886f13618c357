// Text: positions and sizes count code points.
#include <algorithm>

#include "lib/base/format.h"
#include "lib/cel/function.h"
#include "lib/cel/string_format.h"
#include "lib/cel/utf8.h"

namespace weft::cel {
namespace {

constexpr std::string_view::size_type npos = std::string_view::npos;

bool pay(Context& c, std::size_t bytes) { return c.charge(bytes / 10); }

Value contains(Context& c, const Value* a) {
  if (!pay(c, a[0].text().size())) return c.out_of_budget();
  return a[0].text().find(a[1].text()) != npos;
}
Value starts_with(Context&, const Value* a) { return a[0].text().starts_with(a[1].text()); }
Value ends_with(Context&, const Value* a) { return a[0].text().ends_with(a[1].text()); }

Value matches(Context& c, const Value* a) {
  Value failure;
  const auto* pattern = c.pattern(a[1].text(), failure);
  if (pattern == nullptr) return failure;
  if (!pay(c, a[0].text().size())) return c.out_of_budget();
  return pattern->found_in(a[0].text());
}

Value find_first(Context& c, const Value* a) {
  Value failure;
  const auto* pattern = c.pattern(a[1].text(), failure);
  if (pattern == nullptr) return failure;
  if (!pay(c, a[0].text().size())) return c.out_of_budget();
  const auto match = pattern->find(a[0].text());
  return match ? a[0].text().substr(match->begin, match->end - match->begin) : std::string_view();
}

Value texts(Context& c, const std::vector<std::string_view>& parts) {
  if (!c.charge(parts.size())) return c.out_of_budget();
  auto* const items = c.arena.array<Value>(parts.size());
  std::copy(parts.begin(), parts.end(), items);
  return c.list(items, parts.size());
}

Value find_some(Context& c, const Value* a, std::int64_t limit) {
  Value failure;
  const auto* pattern = c.pattern(a[1].text(), failure);
  if (pattern == nullptr) return failure;
  const std::string_view text = a[0].text();
  std::vector<std::string_view> found;
  std::size_t from = 0;
  while (limit < 0 || found.size() < static_cast<std::size_t>(limit)) {
    const auto match = pattern->find(text, from);
    if (!match) break;
    if (!pay(c, 10 + match->end - from)) return c.out_of_budget();
    found.push_back(text.substr(match->begin, match->end - match->begin));
    from = match->end + (match->end == match->begin ? 1 : 0);
  }
  return texts(c, found);
}
Value find_all(Context& c, const Value* a) { return find_some(c, a, -1); }
Value find_all_limited(Context& c, const Value* a) { return find_some(c, a, a[2].integer()); }

Value out_of_range(Context& c, std::int64_t index) {
  return c.fail(fmt::format("index out of range: {}", index));
}

// The byte offset of a code point; npos when the index is negative or beyond the end.
std::size_t offset_of(std::string_view text, std::int64_t index) {
  return index < 0 ? npos : byte_offset(text, static_cast<std::size_t>(index));
}

Value char_at(Context& c, const Value* a) {
  const std::string_view text = a[0].text();
  const std::size_t at = offset_of(text, a[1].integer());
  if (at == npos) return out_of_range(c, a[1].integer());
  return at == text.size() ? std::string_view()
                           : text.substr(at, code_point_bytes(text.substr(at)));
}

Value code_point_index(std::string_view text, std::size_t byte) {
  if (byte == npos) return std::int64_t{-1};
  return static_cast<std::int64_t>(count_code_points(text.substr(0, byte)));
}

Value index_of(Context& c, const Value* a) {
  if (!pay(c, a[0].text().size())) return c.out_of_budget();
  return code_point_index(a[0].text(), a[0].text().find(a[1].text()));
}

Value index_of_from(Context& c, const Value* a) {
  const std::size_t from = offset_of(a[0].text(), a[2].integer());
  if (from == npos) return out_of_range(c, a[2].integer());
  if (!pay(c, a[0].text().size())) return c.out_of_budget();
  return code_point_index(a[0].text(), a[0].text().find(a[1].text(), from));
}

Value last_index_of(Context& c, const Value* a) {
  if (!pay(c, a[0].text().size())) return c.out_of_budget();
  return code_point_index(a[0].text(), a[0].text().rfind(a[1].text()));
}

Value last_index_of_until(Context& c, const Value* a) {
  const std::size_t until = offset_of(a[0].text(), a[2].integer());
  if (until == npos) return out_of_range(c, a[2].integer());
  if (!pay(c, a[0].text().size())) return c.out_of_budget();
  return code_point_index(a[0].text(), a[0].text().rfind(a[1].text(), until));
}

template <char first, char last, int shift>
Value change_case(Context& c, const Value* a) {
  std::string text(a->text());
  for (char& each : text)
    if (each >= first && each <= last) each = static_cast<char>(each + shift);
  return c.text(text);
}

Value substring_between(Context& c, const Value* a, std::int64_t begin, std::size_t end) {
  const std::size_t start = offset_of(a->text(), begin);
  if (start == npos) return out_of_range(c, begin);
  if (start > end) return c.fail("a substring ends before it begins");
  return a->text().substr(start, end - start);
}
Value substring_from(Context& c, const Value* a) {
  return substring_between(c, a, a[1].integer(), a->text().size());
}
Value substring(Context& c, const Value* a) {
  const std::size_t end = offset_of(a->text(), a[2].integer());
  if (end == npos) return out_of_range(c, a[2].integer());
  return substring_between(c, a, a[1].integer(), end);
}

// Where the code points of a text begin, and its end.
std::vector<std::string_view> characters(std::string_view text) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const std::size_t length = code_point_bytes(text);
    parts.push_back(text.substr(0, length));
    text.remove_prefix(length);
  }
  return parts;
}

Value split_some(Context& c, const Value* a, std::int64_t limit) {
  std::string_view text = a[0].text();
  const std::string_view separator = a[1].text();
  if (!pay(c, text.size())) return c.out_of_budget();
  if (limit == 0) return texts(c, {});
  if (separator.empty() && limit < 0) return texts(c, characters(text));
  std::vector<std::string_view> parts;
  while (limit < 0 || parts.size() + 1 < static_cast<std::size_t>(limit)) {
    const bool by_character = separator.empty();
    if (by_character && text.empty()) return texts(c, parts);
    const std::size_t at = by_character ? code_point_bytes(text) : text.find(separator);
    if (at == npos || (by_character && at == text.size())) break;
    parts.push_back(text.substr(0, at));
    text.remove_prefix(at + separator.size());
  }
  parts.push_back(text);
  return texts(c, parts);
}
Value split(Context& c, const Value* a) { return split_some(c, a, -1); }
Value split_limited(Context& c, const Value* a) { return split_some(c, a, a[2].integer()); }

Value replace_some(Context& c, const Value* a, std::int64_t limit) {
  std::string_view text = a[0].text();
  const std::string_view old = a[1].text();
  std::string out;
  std::int64_t count = 0;
  const auto put = [&](std::string_view part) {
    out += part;
    return pay(c, part.size() + 10);
  };
  for (; limit < 0 || count < limit; ++count) {
    if (old.empty()) {
      if (!put(a[2].text())) return c.out_of_budget();
      if (text.empty()) break;
      const std::size_t length = code_point_bytes(text);
      out += text.substr(0, length);
      text.remove_prefix(length);
      continue;
    }
    const std::size_t at = text.find(old);
    if (at == npos) break;
    if (!put(text.substr(0, at)) || !put(a[2].text())) return c.out_of_budget();
    text.remove_prefix(at + old.size());
  }
  out += text;
  return c.text(out);
}
Value replace(Context& c, const Value* a) { return replace_some(c, a, -1); }
Value replace_limited(Context& c, const Value* a) { return replace_some(c, a, a[3].integer()); }

Value trim(Context&, const Value* a) {
  // White space as Unicode defines it.
  constexpr std::string_view kSpaces[] = {
      " ",      "\t",     "\n",     "\r",     "\v",     "\f",     "\u0085", "\u00a0", "\u1680",
      "\u2000", "\u2001", "\u2002", "\u2003", "\u2004", "\u2005", "\u2006", "\u2007", "\u2008",
      "\u2009", "\u200a", "\u2028", "\u2029", "\u202f", "\u205f", "\u3000"};
  std::string_view text = a->text();
  const auto shorten = [&](auto at_end, auto remove) {
    for (bool again = true; again;) {
      again = false;
      for (const auto space : kSpaces) {
        if (!at_end(space)) continue;
        remove(space.size());
        again = true;
      }
    }
  };
  shorten([&](std::string_view s) { return text.starts_with(s); },
          [&](std::size_t n) { text.remove_prefix(n); });
  shorten([&](std::string_view s) { return text.ends_with(s); },
          [&](std::size_t n) { text.remove_suffix(n); });
  return text;
}

Value reverse(Context& c, const Value* a) {
  auto parts = characters(a->text());
  std::reverse(parts.begin(), parts.end());
  std::string out;
  for (const auto& part : parts) out += part;
  return c.text(out);
}

Value join_with(Context& c, const Value& list, std::string_view separator) {
  const Items items(c, list);
  std::string out;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const Value item = items[i];
    if (item.type() != Type::string) return c.fail_type("join", item.type());
    if (!pay(c, item.text().size() + separator.size() + 10)) return c.out_of_budget();
    if (i > 0) out += separator;
    out += item.text();
  }
  return c.text(out);
}
Value join(Context& c, const Value* a) { return join_with(c, a[0], ""); }
Value join_separated(Context& c, const Value* a) { return join_with(c, a[0], a[1].text()); }

Value quote(Context& c, const Value* a) { return c.text(quoted(a->text())); }

constexpr Type kBool = Type::boolean;
constexpr Type kInt = Type::integer;
constexpr Type kString = Type::string;
constexpr Type kList = Type::list;

constexpr Overload kFunctions[] = {
    {"contains", Style::member, "ss", kBool, contains},
    {"startsWith", Style::member, "ss", kBool, starts_with},
    {"endsWith", Style::member, "ss", kBool, ends_with},
    {"matches", Style::both, "ss", kBool, matches},
    {"find", Style::member, "ss", kString, find_first},
    {"findAll", Style::member, "ss", kList, find_all},
    {"findAll", Style::member, "ssi", kList, find_all_limited},
    {"charAt", Style::member, "si", kString, char_at},
    {"indexOf", Style::member, "ss", kInt, index_of},
    {"indexOf", Style::member, "ssi", kInt, index_of_from},
    {"lastIndexOf", Style::member, "ss", kInt, last_index_of},
    {"lastIndexOf", Style::member, "ssi", kInt, last_index_of_until},
    {"lowerAscii", Style::member, "s", kString, change_case<'A', 'Z', 32>},
    {"upperAscii", Style::member, "s", kString, change_case<'a', 'z', -32>},
    {"replace", Style::member, "sss", kString, replace},
    {"replace", Style::member, "sssi", kString, replace_limited},
    {"split", Style::member, "ss", kList, split},
    {"split", Style::member, "ssi", kList, split_limited},
    {"substring", Style::member, "si", kString, substring_from},
    {"substring", Style::member, "sii", kString, substring},
    {"trim", Style::member, "s", kString, trim},
    {"reverse", Style::member, "s", kString, reverse},
    {"join", Style::member, "l", kString, join},
    {"join", Style::member, "ls", kString, join_separated},
    {"format", Style::member, "sl", kString, format_string},
    {"strings.quote", Style::global, "s", kString, quote},
};

}  // namespace

std::span<const Overload> string_functions() { return kFunctions; }

}  // namespace weft::cel
