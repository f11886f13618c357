#include "lib/doc/value.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <utility>

#include "lib/base/text.h"

namespace weft::doc {
namespace {

// Room for objects that are made in it one by one.
void* room_for(std::size_t bytes) { return ::operator new(bytes); }

// What is left behind is empty and needs no destructor.
template <typename Part>
void move_to(Part* to, Part* parts, std::size_t count) {
  std::uninitialized_move(parts, parts + count, to);
}

std::uint32_t grown(std::size_t capacity) {
  return static_cast<std::uint32_t>(std::max<std::size_t>(4, 2 * capacity));
}

}  // namespace

void Text::keep(std::string_view text) {
  if (text.size() > std::numeric_limits<std::uint32_t>::max())
    throw std::length_error("a text of a document of more than 4 GiB");
  auto* copy = static_cast<char*>(room_for(text.size()));
  std::memcpy(copy, text.data(), text.size());
  words_.first = reinterpret_cast<std::uint64_t>(copy);
}

void Text::release() { ::operator delete(reinterpret_cast<void*>(words_.first)); }

List::List(std::initializer_list<Value> values) {
  for (const Value& value : values) push_back(value);
}

List::List(Value* values, std::size_t count)
    : size_(static_cast<std::uint32_t>(count)), capacity_(size_) {
  if (count == 0) return;
  values_ = static_cast<Value*>(room_for(count * sizeof(Value)));
  move_to(values_, values, count);
}

List::List(const List& other) : size_(other.size_), capacity_(other.size_) {
  if (other.empty()) return;
  values_ = static_cast<Value*>(room_for(size_ * sizeof(Value)));
  std::uninitialized_copy(other.begin(), other.end(), values_);
}

List::~List() {
  std::destroy(begin(), end());
  ::operator delete(values_);
}

void List::swap(List& other) noexcept {
  std::swap(values_, other.values_);
  std::swap(size_, other.size_);
  std::swap(capacity_, other.capacity_);
}

void List::push_back(Value value) {
  if (size_ == capacity_) {
    const std::uint32_t capacity = grown(capacity_);
    auto* values = static_cast<Value*>(room_for(capacity * sizeof(Value)));
    move_to(values, values_, size_);
    ::operator delete(std::exchange(values_, values));
    capacity_ = capacity;
  }
  new (values_ + size_) Value(std::move(value));
  ++size_;
}

Map::Map(std::vector<Member> members) : Map(members.data(), members.size()) {}

Map::Map(Member* members, std::size_t count) {
  if (count == 0) return;
  reserve(count);
  move_to(this->members(), members, count);
  block_->size = static_cast<std::uint32_t>(count);
  for (std::size_t i = 0; i < std::min(kMarked, size()); ++i) mark(i);
  if (has_order()) sort();
}

Map::Map(const Map& other) : marks_(other.marks_) {
  if (other.empty()) return;
  reserve(other.size());
  std::uninitialized_copy(other.begin(), other.end(), members());
  block_->size = other.block_->size;
  if (has_order()) std::copy_n(other.order(), size(), order());
}

Map::~Map() {
  std::destroy(begin(), end());
  ::operator delete(block_);
}

void Map::swap(Map& other) noexcept {
  std::swap(block_, other.block_);
  std::swap(marks_, other.marks_);
}

std::uint32_t* Map::order() const {
  return reinterpret_cast<std::uint32_t*>(members() + block_->capacity);
}

// The order, which moves as well, is as long as the members are many.
void Map::reserve(std::size_t capacity) {
  const std::size_t indices = capacity > kScanned ? capacity : 0;
  auto* block = new (room_for(sizeof(Block) + capacity * sizeof(Member) + indices * sizeof(Index)))
      Block{0, static_cast<std::uint32_t>(capacity)};
  std::swap(block_, block);
  if (block == nullptr) return;
  auto* old = reinterpret_cast<Member*>(block + 1);
  move_to(members(), old, block->size);
  block_->size = block->size;
  if (has_order()) std::copy_n(reinterpret_cast<Index*>(old + block->capacity), size(), order());
  ::operator delete(block);
}

void Map::mark(std::size_t index) {
  marks_ |= std::uint64_t{members()[index].key.words().mark()} << (8 * index);
}

void Map::sort() {
  std::iota(order(), order() + size(), 0u);
  std::stable_sort(order(), order() + size(),
                   [this](Index a, Index b) { return members()[a].key < members()[b].key; });
}

// Among the first `count` of the order.
Map::Index* Map::place(std::string_view key, std::size_t count) const {
  return std::lower_bound(
      order(), order() + count, key,
      [this](Index index, std::string_view wanted) { return members()[index].key < wanted; });
}

void Map::push_back(Member member) {
  const std::size_t at = size();
  if (block_ == nullptr || at == block_->capacity) reserve(grown(at));
  new (members() + at) Member(std::move(member));
  ++block_->size;
  if (at < kMarked) mark(at);
  if (size() == kScanned + 1) return sort();
  if (!has_order()) return;
  Index* index = place((*this)[at].key, at);
  std::move_backward(index, order() + at, order() + at + 1);
  *index = static_cast<Index>(at);
}

// Behind the members that have marks.
const Member* Map::search(std::string_view key, const Text::Words& words) const {
  if (!has_order()) {
    const auto at = std::find_if(begin() + kMarked, end(),
                                 [&](const Member& member) { return member.key.is(key, words); });
    return at == end() ? nullptr : at;
  }
  const Index* at = place(key, size());
  return at != order() + size() && (*this)[*at].key == key ? &(*this)[*at] : nullptr;
}

const Member* Map::duplicate() const {
  if (!has_order()) {
    for (std::size_t i = 0; i < size(); ++i) {
      // Marks that are the same are rare: mostly nothing else is looked at.
      const std::uint64_t before = i < kMarked ? marks_ & ((std::uint64_t{1} << (8 * i)) - 1) : 0;
      const auto mark = static_cast<std::uint8_t>(marks_ >> (8 * (i % kMarked)));
      const bool may_be = i >= kMarked || bytes_equal(before, mark) != 0;
      if (may_be && find((*this)[i].key) != &(*this)[i]) return &(*this)[i];
    }
    return nullptr;
  }
  const Member* first = nullptr;
  for (std::size_t i = 1; i < size(); ++i) {
    const Member& member = (*this)[order()[i]];
    if (member.key == (*this)[order()[i - 1]].key && (first == nullptr || &member < first))
      first = &member;
  }
  return first;
}

void Value::refuse() { throw std::logic_error("a value of a document is of another kind"); }

Value::Value(const Value& other) : line_(other.line_), column_(other.column_), bits_{} {
  if (other.is_string())
    new (&text_) Text(other.text_);
  else if (other.is_list())
    new (&list_) List(other.list_);
  else if (other.is_map())
    new (&map_) Map(other.map_);
  else
    bits_ = other.bits_;
  kind_ = other.kind_;
}

Value& Value::operator=(Value&& other) noexcept {
  Value taken(std::move(other));  // which may be a part of this
  if (kind_ >= Kind::string) release();
  line_ = taken.line_;
  column_ = taken.column_;
  kind_ = taken.kind_;
  bits_ = taken.bits_;
  taken.kind_ = Kind::null;
  return *this;
}

void Value::release() {
  if (is_string())
    text_.~Text();
  else if (is_list())
    list_.~List();
  else
    map_.~Map();
}

void Value::set_position(Position position) {
  line_ = position.line;
  column_ = position.column > kWidest ? 0 : position.column & kWidest;
}

Value::Value(std::uint64_t value) : Value() {
  const bool fits = value <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  kind_ = fits ? Kind::integer : Kind::number;
  if (fits)
    integer_ = static_cast<std::int64_t>(value);
  else
    number_ = static_cast<double>(value);
}

std::string_view Value::kind_name() const {
  constexpr std::string_view kNames[] = {"null",   "boolean", "integer", "number",
                                         "string", "list",    "map"};
  return kNames[static_cast<std::size_t>(kind_)];
}

double Value::number() const {
  return is_int() ? static_cast<double>(integer_) : (demand(Kind::number), number_);
}

Value* Value::find(std::string_view key) {
  return const_cast<Value*>(static_cast<const Value*>(this)->find(key));
}

void Value::become(Value other) {
  other.set_position(position());
  *this = std::move(other);
}

Value& Value::set(Text key, Value value) {
  if (is_null()) become(Map{});
  if (Value* existing = find(key))
    *existing = std::move(value);
  else
    members().push_back({std::move(key), std::move(value), {}});
  return *this;
}

Value& Value::push(Value value) {
  if (is_null()) become(List{});
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
  if (a.kind_ != b.kind_) return false;
  if (a.is_list())
    return std::equal(a.list_.begin(), a.list_.end(), b.list_.begin(), b.list_.end());
  if (a.is_string()) return a.string() == b.string();
  return a.is_null() || a.boolean() == b.boolean();
}

// Eight bytes at once: lines of manifests are short.
const std::vector<std::uint32_t>& Source::line_starts() const {
  if (!line_starts_.empty()) return line_starts_;
  line_starts_.push_back(0);
  std::size_t at = 0;
  for (; at + 8 <= text_.size(); at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, text_.data() + at, 8);
    for (std::uint64_t hits = bytes_equal(word, '\n'); hits != 0; hits &= hits - 1)
      line_starts_.push_back(static_cast<std::uint32_t>(at + std::countr_zero(hits) / 8u + 1));
  }
  for (; at < text_.size(); ++at)
    if (text_[at] == '\n') line_starts_.push_back(static_cast<std::uint32_t>(at + 1));
  return line_starts_;
}

base::Where Source::where(Position position) const {
  base::Where where{name_, position.line, position.column, {}};
  if (position.line == 0 || position.line > line_starts().size()) return where;
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
