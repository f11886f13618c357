#include "lib/doc/composer.h"

#include "lib/base/format.h"
#include "lib/doc/yaml_scalar.h"

namespace weft::doc {
namespace {

constexpr std::string_view kCore = "tag:yaml.org,2002:";

bool is_untagged(std::string_view tag) {
  return tag.empty() || tag == Composer::kPlain || tag == Composer::kQuoted;
}

}  // namespace

void Composer::start_document() {
  anchors_.clear();
  open_.clear();
  empty_ = false;
}

void Composer::keep(Anchor anchor, const Value& value, Position at) {
  if (anchor != 0 && builder_.pay_for_copy(value, at)) anchors_[anchor] = value;
}

void Composer::absent(Position at, Anchor anchor) {
  if (builder_.wants_key()) return fail(at, "a key is missing here", "write it before the colon");
  if (open_.empty()) empty_ = true;
  keep(anchor, Value(), at);
  builder_.absent();
}

void Composer::alias(Position at, Anchor anchor) {
  const auto found = anchors_.find(anchor);
  if (found == anchors_.end())
    return fail(at, "an alias cannot stand inside the value it names", "write the value out");
  if (!builder_.wants_key()) return builder_.copy(found->second, at);
  if (!found->second.is_string()) return fail(at, "a key must be text", "write the key out");
  builder_.key(found->second.string(), at);
}

void Composer::key(Position at, std::string_view tag, Anchor anchor, std::string_view text) {
  const bool is_text = tag == kQuoted || (tag == kPlain && is_surely_text(text));
  if (!is_text && typed(at, tag, text).is_null())
    return fail(at, "a key is missing here", "write it before the colon");
  if (anchor != 0) keep(anchor, Value(text), at);
  if (tag == kPlain && text == "<<") return builder_.merge_key(at);
  builder_.key(text, at);
}

void Composer::scalar(Position at, std::string_view tag, Anchor anchor, std::string_view text) {
  if (builder_.wants_key()) return key(at, tag, anchor, text);
  Value value = typed(at, tag, text);
  if (open_.empty() && value.is_null()) empty_ = true;
  if (anchor != 0) keep(anchor, value, at);
  builder_.scalar(std::move(value), at);
}

bool Composer::begin(Position at, std::string_view tag, std::string_view kind, Anchor anchor) {
  if (builder_.wants_key())
    fail(at, "a key must be text, not a list or a map", "quote it if it is text");
  else if (!is_untagged(tag) && tag != fmt::format("{}{}", kCore, kind))
    unknown_tag(at, tag);
  open_.push_back({anchor, at});
  return ok();
}

void Composer::begin_list(Position at, std::string_view tag, Anchor anchor) {
  if (begin(at, tag, "seq", anchor)) builder_.begin_list(at);
}

void Composer::begin_map(Position at, std::string_view tag, Anchor anchor) {
  if (begin(at, tag, "map", anchor)) builder_.begin_map(at);
}

void Composer::end() {
  const Value* value = builder_.end();
  if (value == nullptr) return;
  keep(open_.back().anchor, *value, open_.back().at);
  open_.pop_back();
}

void Composer::unknown_tag(Position at, std::string_view tag) {
  fail(at, fmt::format("the tag {} is not supported", tag), "remove the tag");
}

Value Composer::typed(Position at, std::string_view tag, std::string_view text) {
  if (tag == kQuoted) return text;
  if (is_untagged(tag)) {
    if (is_surely_text(text)) return text;
    if (auto value = yaml_scalar(text)) return *std::move(value);
    fail(at, fmt::format("{} is too large or too small for a number", text.substr(0, 80)),
         "quote it if it is text");
    return {};
  }
  if (tag.starts_with(kCore)) return tagged(at, tag.substr(kCore.size()), text);
  unknown_tag(at, tag);
  return {};
}

Value Composer::tagged(Position at, std::string_view kind, std::string_view text) {
  if (kind == "str") return text;
  auto value = yaml_scalar(text);
  if (value && kind == "int" && value->is_int()) return *std::move(value);
  if (value && kind == "float" && value->is_number()) return value->number();
  if (value && kind == "bool" && value->is_bool()) return *std::move(value);
  if (value && kind == "null" && value->is_null()) return *std::move(value);
  if (kind != "int" && kind != "float" && kind != "bool" && kind != "null")
    unknown_tag(at, fmt::format("{}{}", kCore, kind));
  else
    fail(at, fmt::format("\"{}\" does not fit its tag !!{}", text.substr(0, 80), kind),
         "remove the tag or correct the value");
  return {};
}

}  // namespace weft::doc
