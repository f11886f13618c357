// A document as read: YAML 1.2 core schema or JSON, every value with its place in the source.
// Maps keep their order and have unique keys. Readers bound size and depth before this exists.
//
//   const doc::Value* rps = value.find("client")->find("rps");
//   if (rps && rps->is_number()) use(rps->number());
#pragma once

#include <bit>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/error.h"
#include "lib/doc/text.h"

namespace weft::doc {

// Counted from 1, the column in bytes; 0 means the value was made by a program.
struct Position {
  std::uint32_t line = 0;
  std::uint32_t column = 0;
};

class Value;
struct Member;

// Values in their order, on the heap.
class List {
 public:
  List() = default;
  List(std::initializer_list<Value> values);
  // Of `count` values that are moved out of, in room for just so many.
  List(Value* values, std::size_t count);
  List(const List& other);
  List(List&& other) noexcept { swap(other); }
  List& operator=(List other) noexcept { return swap(other), *this; }
  ~List();
  void swap(List& other) noexcept;

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  const Value* data() const { return values_; }
  const Value* begin() const { return values_; }
  const Value* end() const;
  Value* begin() { return values_; }
  Value* end();
  const Value& operator[](std::size_t index) const;
  Value& operator[](std::size_t index);
  const Value& front() const { return (*this)[0]; }
  const Value& back() const { return (*this)[size_ - 1]; }
  Value& back() { return (*this)[size_ - 1]; }
  void push_back(Value value);

 private:
  Value* values_ = nullptr;
  std::uint32_t size_ = 0;
  std::uint32_t capacity_ = 0;
};

// Members in the order they came. A byte of hash for each of the first eight leads to a key, or
// shows that it is absent, mostly without a look at any other; where there are many, an index does.
// A key stands once: push_back demands a new one, and keys are not changed in place.
class Map {
 public:
  Map() = default;
  // Of `count` members that are moved out of, in room for just so many. They may hold duplicates:
  // see duplicate().
  Map(Member* members, std::size_t count);
  explicit Map(std::vector<Member> members);
  Map(const Map& other);
  Map(Map&& other) noexcept { swap(other); }
  Map& operator=(Map other) noexcept { return swap(other), *this; }
  ~Map();
  void swap(Map& other) noexcept;

  std::size_t size() const { return block_ == nullptr ? 0 : block_->size; }
  bool empty() const { return size() == 0; }
  const Member* begin() const { return members(); }
  const Member* end() const;
  Member* begin() { return members(); }
  Member* end();
  const Member& operator[](std::size_t index) const;
  void push_back(Member member);
  const Member* find(std::string_view key) const;
  // The first member whose key stands earlier too, or nullptr.
  const Member* duplicate() const;

 private:
  using Index = std::uint32_t;
  // On the heap, before the members; behind them, where they are many, their indices by key.
  struct Block {
    std::uint32_t size = 0;
    std::uint32_t capacity = 0;
  };
  static constexpr std::size_t kMarked = 8;
  static constexpr std::size_t kScanned = 16;  // up to here no index is needed

  inline Member* members() const;
  Index* order() const;
  bool has_order() const { return size() > kScanned; }
  void reserve(std::size_t capacity);
  void mark(std::size_t index);
  void sort();
  Index* place(std::string_view key, std::size_t count) const;
  const Member* search(std::string_view key, const Text::Words& words) const;

  Block* block_ = nullptr;
  std::uint64_t marks_ = 0;  // a byte for each of the first members, 0 behind the last
};

class Value {
 public:
  using List = doc::List;
  using Map = doc::Map;

  Value() : bits_{} {}  // null
  Value(std::nullptr_t) : Value() {}
  Value(bool value) : kind_(Kind::boolean), boolean_(value) {}
  Value(int value) : Value(std::int64_t{value}) {}
  Value(std::int64_t value) : kind_(Kind::integer), integer_(value) {}
  Value(std::uint64_t value);  // above INT64_MAX kept as a double
  Value(double value) : kind_(Kind::number), number_(value) {}
  Value(const char* value) : Value(std::string_view(value)) {}
  Value(std::string_view value) : Value(Text(value)) {}
  Value(const std::string& value) : Value(std::string_view(value)) {}
  Value(Text value) : kind_(Kind::string), text_(std::move(value)) {}
  Value(List value) : kind_(Kind::list), list_(std::move(value)) {}
  Value(Map value) : kind_(Kind::map), map_(std::move(value)) {}
  static Value list() { return Value(List{}); }
  static Value map() { return Value(Map{}); }

  Value(const Value& other);
  Value(Value&& other) noexcept
      : line_(other.line_), column_(other.column_), kind_(other.kind_), bits_(other.bits_) {
    other.kind_ = Kind::null;
  }
  Value& operator=(const Value& other) { return *this = Value(other); }
  Value& operator=(Value&& other) noexcept;
  ~Value() {
    if (kind_ >= Kind::string) release();
  }

  bool is_null() const { return kind_ == Kind::null; }
  bool is_bool() const { return kind_ == Kind::boolean; }
  bool is_int() const { return kind_ == Kind::integer; }
  bool is_number() const { return is_int() || kind_ == Kind::number; }
  bool is_string() const { return kind_ == Kind::string; }
  bool is_list() const { return kind_ == Kind::list; }
  bool is_map() const { return kind_ == Kind::map; }
  std::string_view kind_name() const;  // "null", "boolean", "integer", "number", "string", ...

  // Each demands the matching kind.
  bool boolean() const { return demand(Kind::boolean), boolean_; }
  std::int64_t integer() const { return demand(Kind::integer), integer_; }
  double number() const;  // of an integer too
  const Text& string() const { return demand(Kind::string), text_; }
  const List& items() const { return demand(Kind::list), list_; }
  List& items() { return demand(Kind::list), list_; }
  const Map& members() const { return demand(Kind::map), map_; }
  Map& members() { return demand(Kind::map), map_; }

  // The value under `key`, or nullptr: also when this is not a map.
  inline const Value* find(std::string_view key) const;
  Value* find(std::string_view key);
  // Sets or replaces; a null becomes a map first. Returns this, so that calls chain.
  Value& set(Text key, Value value);
  Value& push(Value value);  // a null becomes a list first
  std::size_t size() const;  // items or members; 0 for scalars

  Position position() const { return {line_, column_}; }
  void set_position(Position position);

  // Equal kinds and contents; positions and the order of map keys do not matter; 1 equals 1.0.
  friend bool operator==(const Value& a, const Value& b);

 private:
  enum class Kind : std::uint8_t { null, boolean, integer, number, string, list, map };
  struct Bits {
    std::uint64_t words[2];
  };

  void demand(Kind kind) const {
    if (kind_ != kind) [[unlikely]]
      refuse();
  }
  [[noreturn]] static void refuse();
  void release();
  void become(Value other);  // where this stands

  // A document of a gigabyte is millions of these: a kind has three bits, a column what is left.
  static constexpr std::uint32_t kWidest = (1u << 29) - 1;
  std::uint32_t line_ = 0;
  std::uint32_t column_ : 29 = 0;
  Kind kind_ : 3 = Kind::null;
  union {
    Bits bits_;
    bool boolean_;
    std::int64_t integer_;
    double number_;
    Text text_;
    List list_;
    Map map_;
  };
};

struct Member {
  Text key;
  Value value;
  Position key_position;
};

inline const Value* List::end() const { return values_ + size_; }
inline Value* List::end() { return values_ + size_; }
inline const Value& List::operator[](std::size_t index) const { return values_[index]; }
inline Value& List::operator[](std::size_t index) { return values_[index]; }

static_assert(sizeof(Value) == 24 && sizeof(Member) == 48);

inline Member* Map::members() const {
  return block_ == nullptr ? nullptr : reinterpret_cast<Member*>(block_ + 1);
}
inline const Member* Map::end() const { return members() + size(); }
inline Member* Map::end() { return members() + size(); }
inline const Member& Map::operator[](std::size_t index) const { return members()[index]; }

inline const Member* Map::find(std::string_view key) const {
  const Text::Words words = Text::words_of(key);
  for (std::uint64_t hits = bytes_equal(marks_, words.mark()); hits != 0; hits &= hits - 1) {
    const Member* member = members() + std::countr_zero(hits) / 8;
    if (member->key.is(key, words)) return member;
  }
  return (marks_ >> 56) == 0 ? nullptr : search(key, words);
}

inline const Value* Value::find(std::string_view key) const {
  const Member* member = is_map() ? map_.find(key) : nullptr;
  return member == nullptr ? nullptr : &member->value;
}

// The text a document came from, kept for messages: file name and source lines.
class Source {
 public:
  Source(std::string name, std::string text) : name_(std::move(name)), text_(std::move(text)) {}
  const std::string& name() const { return name_; }
  const std::string& text() const { return text_; }
  // With the source line as excerpt and the column in characters.
  base::Where where(Position position) const;
  // Offsets of the first bytes of all lines; found when first asked for.
  const std::vector<std::uint32_t>& line_starts() const;

 private:
  std::string name_;
  std::string text_;
  mutable std::vector<std::uint32_t> line_starts_;
};

struct Document {
  Value root;
  std::shared_ptr<const Source> source;

  base::Error error(Position position, std::string message, std::string remedy = {}) const;
};

}  // namespace weft::doc
