#include "lib/doc/value.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "lib/base/text.h"

namespace weft::doc {
namespace {

// Up to here a scan beats the index.
constexpr std::size_t kScanned = 16;

}  // namespace

Map::Map() = default;
Map::Map(const Map& other) : Map(other.members_) {}
Map::Map(Map&& other) noexcept = default;
Map& Map::operator=(const Map& other) { return *this = Map(other); }
Map& Map::operator=(Map&& other) noexcept = default;
Map::~Map() = default;

Map::Map(std::vector<Member> members) : members_(std::move(members)) {
  for (const Member& member : members_) filter_ |= mark(member.key);
  if (members_.size() <= kScanned) return;
  order_ = std::make_unique<Order>(members_.size());
  std::iota(order_->begin(), order_->end(), 0u);
  std::stable_sort(order_->begin(), order_->end(), [this](std::uint32_t a, std::uint32_t b) {
    return members_[a].key < members_[b].key;
  });
}

std::size_t Map::size() const { return members_.size(); }
const Member* Map::begin() const { return members_.data(); }
const Member* Map::end() const { return members_.data() + members_.size(); }
Member* Map::begin() { return members_.data(); }
Member* Map::end() { return members_.data() + members_.size(); }
const Member& Map::operator[](std::size_t index) const { return members_[index]; }

Map::Order::const_iterator Map::place(std::string_view key) const {
  return std::lower_bound(order_->begin(), order_->end(), key,
                          [this](std::uint32_t index, std::string_view wanted) {
                            return members_[index].key < wanted;
                          });
}

void Map::push_back(Member member) {
  if (members_.size() == kScanned && order_ == nullptr) {
    members_.push_back(std::move(member));
    *this = Map(std::move(members_));
    return;
  }
  if (order_ != nullptr)
    order_->insert(place(member.key), static_cast<std::uint32_t>(members_.size()));
  filter_ |= mark(member.key);
  members_.push_back(std::move(member));
}

const Member* Map::search(std::string_view key) const {
  if (order_ == nullptr) {
    // Most keys differ in length or at an end, which takes no call to see.
    const auto is_it = [key](const std::string& other) {
      return other.size() == key.size() &&
             (key.empty() ||
              (other.front() == key.front() && other.back() == key.back() && other == key));
    };
    const auto at = std::find_if(members_.begin(), members_.end(),
                                 [&](const Member& member) { return is_it(member.key); });
    return at == members_.end() ? nullptr : &*at;
  }
  const auto at = place(key);
  return at != order_->end() && members_[*at].key == key ? &members_[*at] : nullptr;
}

const Member* Map::duplicate() const {
  const Member* first = nullptr;
  if (order_ == nullptr) {
    std::uint64_t seen = 0;
    for (const auto& member : members_) {
      if ((seen & mark(member.key)) != 0 && search(member.key) != &member) return &member;
      seen |= mark(member.key);
    }
    return nullptr;
  }
  for (std::size_t i = 1; i < order_->size(); ++i) {
    const Member& member = members_[(*order_)[i]];
    if (member.key == members_[(*order_)[i - 1]].key && (first == nullptr || &member < first))
      first = &member;
  }
  return first;
}

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
  if (line_starts_.empty()) {
    line_starts_.push_back(0);
    for (std::size_t at = 0; (at = text_.find('\n', at)) != std::string::npos;)
      line_starts_.push_back(++at);
  }
  if (position.line == 0 || position.line > line_starts_.size()) return where;
  std::string_view line = std::string_view(text_).substr(line_starts_[position.line - 1]);
  line = line.substr(0, line.find_first_of("\r\n"));
  const std::string_view before = line.substr(0, position.column - std::min(position.column, 1u));
  where.column -= static_cast<std::uint32_t>(
      std::count_if(before.begin(), before.end(), [](char c) { return (c & 0xc0) == 0x80; }));
  constexpr std::size_t kLongest = 200;  // bytes of an excerpt
  line = line.substr(0, kLongest);
  where.excerpt = line.substr(0, base::valid_utf8_length(line));
  return where;
}

base::Error Document::error(Position position, std::string message, std::string remedy) const {
  return base::Error{base::ExitCode::input, std::move(message), std::move(remedy)}.at(
      source->where(position));
}

}  // namespace weft::doc
