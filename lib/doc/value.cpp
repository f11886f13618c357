#include "lib/doc/value.h"

#include <algorithm>
#include <limits>

namespace weft::doc {

Value::Value(std::uint64_t value) {
  if (value <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
    data_ = static_cast<std::int64_t>(value);
  else
    data_ = static_cast<double>(value);
}

Value::Value(List value) : data_(std::move(value)) {}
Value::Value(Map value) : data_(std::move(value)) {}
Value Value::map() { return Value(Map{}); }

std::string_view Value::kind_name() const {
  constexpr std::string_view kNames[] = {"null",   "boolean", "integer", "number",
                                         "string", "list",    "map"};
  return kNames[data_.index()];
}

double Value::number() const {
  return is_int() ? static_cast<double>(integer()) : std::get<double>(data_);
}

const Value* Value::find(std::string_view key) const {
  if (!is_map()) return nullptr;
  for (const auto& member : members())
    if (member.key == key) return &member.value;
  return nullptr;
}

Value* Value::find(std::string_view key) {
  return const_cast<Value*>(static_cast<const Value*>(this)->find(key));
}

Value& Value::set(std::string key, Value value) {
  if (is_null()) data_ = Map{};
  if (Value* existing = find(key))
    *existing = std::move(value);
  else
    members().push_back({std::move(key), std::move(value), {}});
  return *this;
}

Value& Value::push(Value value) {
  if (is_null()) data_ = List{};
  items().push_back(std::move(value));
  return *this;
}

std::size_t Value::size() const {
  return is_list() ? items().size() : is_map() ? members().size() : 0;
}

bool operator==(const Value& a, const Value& b) {
  if (a.is_number() && b.is_number())
    return a.is_int() && b.is_int() ? a.integer() == b.integer() : a.number() == b.number();
  if (a.is_map() && b.is_map())
    return a.size() == b.size() &&
           std::all_of(a.members().begin(), a.members().end(), [&](const Member& m) {
             const Value* other = b.find(m.key);
             return other != nullptr && *other == m.value;
           });
  if (a.data_.index() != b.data_.index()) return false;
  if (a.is_list()) return a.items() == b.items();
  if (a.is_string()) return a.string() == b.string();
  return a.is_null() || a.boolean() == b.boolean();
}

base::Where Source::where(Position position) const {
  base::Where where{name_, position.line, position.column, {}};
  std::size_t start = 0;
  for (std::uint32_t line = 1; line < position.line && start != std::string::npos; ++line) {
    start = text_.find('\n', start);
    if (start != std::string::npos) ++start;
  }
  if (position.line != 0 && start != std::string::npos && start < text_.size())
    where.excerpt =
        text_.substr(start, std::min<std::size_t>(text_.find('\n', start) - start, 200));
  return where;
}

base::Error Document::error(Position position, std::string message, std::string remedy) const {
  return base::Error{base::ExitCode::input, std::move(message), std::move(remedy)}.at(
      source->where(position));
}

}  // namespace weft::doc
