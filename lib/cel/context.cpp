#include "lib/cel/context.h"

#include <cmath>

#include "lib/base/base64.h"
#include "lib/base/format.h"
#include "lib/base/number.h"
#include "lib/cel/operators.h"
#include "lib/cel/time.h"

namespace weft::cel {
namespace {

constexpr std::size_t kPatternsKept = 64;
// What one unit of the budget buys of text or of compiled pattern, in bytes.
constexpr std::uint64_t kBytesPerUnit = 10;

}  // namespace

void Context::begin(std::uint64_t budget) {
  arena.reset();
  budget_ = budget;
  exhausted_ = false;
}

Value Context::fail(std::string_view message) {
  return arena.keep(Failure{arena.keep_text(message), offset_});
}

Value Context::fail_type(std::string_view what, Type type) {
  return fail(fmt::format("no such overload: {} of {}", what, type_name(type)));
}

Value Context::out_of_budget() {
  return fail("the expression costs more than its limit; it was stopped");
}

Value Context::text(std::string_view text) {
  if (!charge(text.size() / kBytesPerUnit)) return out_of_budget();
  return arena.keep_text(text);
}

Value Context::from(const doc::Value& value, const Shape* shape) {
  const Type wanted = shape == nullptr ? Type::any : shape->type;
  if (value.is_map()) return DocumentMap{&value, shape};
  if (value.is_list()) return DocumentList{&value, shape};
  if (value.is_bool()) return value.boolean();
  if (value.is_null()) return {};
  if (value.is_number()) {
    if (wanted == Type::number) return value.number();
    if (value.is_int()) return value.integer();
    const double number = value.number();
    constexpr double kLimit = 9.2e18;
    if (wanted == Type::integer && std::trunc(number) == number && std::abs(number) < kLimit)
      return static_cast<std::int64_t>(number);
    return number;
  }
  const doc::Text& string = value.string();
  if (wanted == Type::timestamp) {
    if (const auto timestamp = parse_timestamp(string)) return *timestamp;
    return fail(fmt::format("{} is no date and time", string));
  }
  if (wanted == Type::duration) {
    if (const auto duration = base::parse_duration(string)) return Duration{duration->count()};
    return fail(fmt::format("{} is no duration", string));
  }
  if (wanted == Type::bytes) {
    if (const auto decoded = base::base64_decode(string)) return Bytes{arena.keep_text(*decoded)};
    return fail("not base64");
  }
  return std::string_view(string);
}

const regex::Regex* Context::pattern(std::string_view text, Value& failure) {
  std::string key(text);
  if (const auto known = patterns_.find(key); known != patterns_.end()) return &known->second;
  if (!charge(1 + text.size())) {
    failure = out_of_budget();
    return nullptr;
  }
  auto compiled = regex::Regex::compile(text);
  if (!compiled.ok()) {
    failure = fail(compiled.error().message + ": " + compiled.error().cause);
    return nullptr;
  }
  if (patterns_.size() >= kPatternsKept) patterns_.clear();
  return &patterns_.emplace(std::move(key), std::move(*compiled)).first->second;
}

Items::Items(Context& context, const Value& list) : context_(&context) {
  if (const auto* made = list.get<List>()) {
    items_ = made->items;
    size_ = made->size;
  } else if (const auto* document = list.get<DocumentList>()) {
    document_ = document->value;
    shape_ = document->shape == nullptr ? nullptr : document->shape->items;
    size_ = document_->size();
  }
}

Value Items::operator[](std::size_t index) const {
  return items_ != nullptr ? items_[index] : context_->from(document_->items()[index], shape_);
}

Entries::Entries(Context& context, const Value& map) : context_(&context) {
  if (const auto* made = map.get<Map>()) {
    entries_ = made->entries;
    size_ = made->size;
  } else if (const auto* document = map.get<DocumentMap>()) {
    document_ = document->value;
    shape_ = document->shape;
    size_ = document_->size();
  }
}

Value Entries::key(std::size_t index) const {
  return entries_ != nullptr ? entries_[index].key
                             : Value(std::string_view(document_->members()[index].key));
}

Value Entries::value(std::size_t index) const {
  if (entries_ != nullptr) return entries_[index].value;
  const doc::Member& member = document_->members()[index];
  const ShapeField* field = shape_ == nullptr ? nullptr : shape_->field(member.key);
  return context_->from(member.value, field != nullptr    ? field->shape
                                      : shape_ != nullptr ? shape_->items
                                                          : nullptr);
}

bool Entries::find(const Value& key, Value& out) const {
  if (key.type() == Type::string) return find(key.text(), out);
  for (std::size_t i = 0; entries_ != nullptr && i < size_; ++i) {
    if (!context_->charge(1)) return false;
    if (!equal(*context_, entries_[i].key, key)) continue;
    out = entries_[i].value;
    return true;
  }
  return false;
}

bool Entries::find(std::string_view key, Value& out) const {
  if (document_ == nullptr) {
    for (std::size_t i = 0; i < size_; ++i) {
      if (!context_->charge(1)) return false;
      if (entries_[i].key.type() != Type::string || entries_[i].key.text() != key) continue;
      out = entries_[i].value;
      return true;
    }
    return false;
  }
  const ShapeField* field = shape_ == nullptr ? nullptr : shape_->field(key);
  const Shape* shape = field != nullptr    ? field->shape
                       : shape_ != nullptr ? shape_->items
                                           : nullptr;
  const doc::Value* found = document_->find(key);
  // The API server drops a null where the schema does not allow one, before it fills in defaults.
  if (found != nullptr && found->is_null() && field != nullptr && !field->shape->nullable)
    found = nullptr;
  if (found == nullptr && field != nullptr) found = field->fallback;
  if (found == nullptr) return false;
  out = context_->from(*found, shape);
  return true;
}

}  // namespace weft::cel
