#include "lib/conform/names.h"

#include "lib/base/format.h"
#include "lib/base/text.h"

namespace weft::conform {
namespace {

using base::Error;
using base::Result;
using doc::Value;

bool begins_name(char c) { return c >= 'a' && c <= 'z'; }
bool continues_name(char c) { return begins_name(c) || (c >= '0' && c <= '9') || c == '-'; }

std::size_t count_values(const Value& value) {
  std::size_t out = 1;
  if (value.is_list())
    for (const Value& item : value.items()) out += count_values(item);
  if (value.is_map())
    for (const doc::Member& member : value.members()) out += count_values(member.value);
  return out;
}

class Filler {
 public:
  Filler(const doc::Document& document, const Names& names) : document_(document), names_(names) {}

  Result<Value> fill(const Value& value) {
    if (++nodes_ > kMaxFilledNodes) return too_large(value.position());
    if (value.is_string()) return text(value);
    Value out;
    if (value.is_list()) {
      out = Value::list();
      for (const Value& item : value.items()) {
        WEFT_TRY(filled, fill(item));
        out.push(std::move(filled));
      }
    } else if (value.is_map()) {
      out = Value::map();
      for (const doc::Member& member : value.members()) {
        WEFT_TRY(filled, fill(member.value));
        WEFT_TRY(key, joined(member.key, member.key_position));
        if (out.find(key) != nullptr)
          return document_.error(member.key_position, fmt::format("\"{}\" stands twice", key));
        out.members().push_back({key, std::move(filled), member.key_position});
      }
    } else {
      out = value;
    }
    out.set_position(value.position());
    return out;
  }

 private:
  Error too_large(doc::Position at) const {
    return document_.error(at, "the names make this too large",
                           fmt::format("a document has at most {} values", kMaxFilledNodes));
  }

  // The name that begins at text[at], which is a dollar sign; `end` is behind it. Empty: none.
  static std::string_view name_at(std::string_view text, std::size_t at, std::size_t& end) {
    const bool braced = at + 1 < text.size() && text[at + 1] == '{';
    std::size_t last = at + (braced ? 2 : 1);
    const std::size_t first = last;
    if (last >= text.size() || !begins_name(text[last])) return {};
    while (last < text.size() && continues_name(text[last])) ++last;
    if (braced && (last == text.size() || text[last] != '}')) return {};
    while (!braced && text[last - 1] == '-') --last;  // a dash at the end belongs to the text
    end = last + (braced ? 1 : 0);
    return text.substr(first, last - first);
  }

  Result<const Value*> look_up(std::string_view name, doc::Position at) const {
    const auto found = names_.find(name);
    if (found != names_.end()) return &found->second;
    std::vector<std::string> known;
    for (const auto& [key, value] : names_) known.push_back(key);
    return document_.error(
        at, fmt::format("nothing is called ${}{}", name, base::did_you_mean(name, known)),
        "bound are: " + base::join(known, ", "));
  }

  Result<Value> text(const Value& value) {
    const std::string& text = value.string();
    std::size_t end = 0;
    if (text.starts_with('$')) {
      const std::string_view name = name_at(text, 0, end);
      if (!name.empty() && end == text.size()) {
        WEFT_TRY(found, look_up(name, value.position()));
        nodes_ += count_values(*found);
        if (nodes_ > kMaxFilledNodes) return too_large(value.position());
        Value out = *found;
        out.set_position(value.position());
        return out;
      }
    }
    WEFT_TRY(filled, joined(text, value.position()));
    Value out(filled);
    out.set_position(value.position());
    return out;
  }

  Result<std::string> joined(std::string_view text, doc::Position at) const {
    std::string out;
    for (std::size_t i = 0; i < text.size();) {
      std::size_t end = 0;
      const std::string_view name = text[i] == '$' ? name_at(text, i, end) : std::string_view{};
      if (name.empty()) {
        out += text[i++];
        continue;
      }
      WEFT_TRY(found, look_up(name, at));
      if (found->is_string())
        out += found->string();
      else if (found->is_int())
        out += fmt::format("{}", found->integer());
      else
        return document_.error(
            at, fmt::format("${} is a {}: no part of a text", name, found->kind_name()));
      i = end;
      if (out.size() > kMaxText) return document_.error(at, "the names make this text too long");
    }
    return out;
  }

  static constexpr std::size_t kMaxText = 64 << 10;
  const doc::Document& document_;
  const Names& names_;
  std::size_t nodes_ = 0;
};

}  // namespace

Result<Value> fill(const doc::Document& document, const Value& value, const Names& names) {
  return Filler(document, names).fill(value);
}

}  // namespace weft::conform
