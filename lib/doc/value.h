// A document as read: YAML 1.2 core schema or JSON, every value with its place in the source.
// Maps keep their order and have unique keys. Readers bound size and depth before this exists.
//
//   const doc::Value* rps = value.find("client")->find("rps");
//   if (rps && rps->is_number()) use(rps->number());
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "lib/base/error.h"

namespace weft::doc {

// Counted from 1, the column in bytes; 0 means the value was made by a program.
struct Position {
  std::uint32_t line = 0;
  std::uint32_t column = 0;
};

class Value;
struct Member;

// Members in the order they came, found by key in logarithmic time; that a key is absent mostly
// shows without a look at them. A key stands once: push_back demands a new one, and keys are not
// changed in place.
class Map {
 public:
  Map();
  explicit Map(std::vector<Member> members);  // may hold duplicates: see duplicate()
  Map(const Map& other);
  Map(Map&& other) noexcept;
  Map& operator=(const Map& other);
  Map& operator=(Map&& other) noexcept;
  ~Map();

  std::size_t size() const;
  bool empty() const { return size() == 0; }
  const Member* begin() const;
  const Member* end() const;
  Member* begin();
  Member* end();
  const Member& operator[](std::size_t index) const;
  void push_back(Member member);
  const Member* find(std::string_view key) const {
    return (filter_ & mark(key)) == 0 ? nullptr : search(key);
  }
  // The first member whose key stands earlier too, or nullptr.
  const Member* duplicate() const;

 private:
  using Order = std::vector<std::uint32_t>;

  // One of 64 bits, from what of a key takes no time to see.
  static constexpr std::uint64_t mark(std::string_view key) {
    const std::size_t ends =
        key.empty() ? 0 : std::size_t{5} * (key.front() & 0x7f) + 3u * (key.back() & 0x7f);
    return std::uint64_t{1} << ((7 * key.size() + ends) % 64);
  }
  const Member* search(std::string_view key) const;
  Order::const_iterator place(std::string_view key) const;

  std::vector<Member> members_;
  std::uint64_t filter_ = 0;  // the marks of all keys
  // Indices of members_ by key; null while the map is so small that scanning it is faster.
  std::unique_ptr<Order> order_;
};

class Value {
 public:
  using List = std::vector<Value>;
  using Map = doc::Map;

  Value() = default;  // null
  Value(std::nullptr_t) {}
  Value(bool value) : data_(value) {}
  Value(int value) : data_(std::int64_t{value}) {}
  Value(std::int64_t value) : data_(value) {}
  Value(std::uint64_t value);  // above INT64_MAX kept as a double
  Value(double value) : data_(value) {}
  Value(const char* value) : data_(std::string(value)) {}
  Value(std::string_view value) : data_(std::string(value)) {}
  Value(std::string value) : data_(std::move(value)) {}
  Value(List value);
  Value(Map value);
  static Value list() { return Value(List{}); }
  static Value map();

  bool is_null() const { return std::holds_alternative<std::monostate>(data_); }
  bool is_bool() const { return std::holds_alternative<bool>(data_); }
  bool is_int() const { return std::holds_alternative<std::int64_t>(data_); }
  bool is_number() const { return is_int() || std::holds_alternative<double>(data_); }
  bool is_string() const { return std::holds_alternative<std::string>(data_); }
  bool is_list() const { return std::holds_alternative<List>(data_); }
  bool is_map() const { return std::holds_alternative<Map>(data_); }
  std::string_view kind_name() const;  // "null", "boolean", "integer", "number", "string", ...

  // Each demands the matching kind.
  bool boolean() const { return std::get<bool>(data_); }
  std::int64_t integer() const { return std::get<std::int64_t>(data_); }
  double number() const;  // of an integer too
  const std::string& string() const { return std::get<std::string>(data_); }
  const List& items() const { return std::get<List>(data_); }
  List& items() { return std::get<List>(data_); }
  const Map& members() const { return std::get<Map>(data_); }
  Map& members() { return std::get<Map>(data_); }

  // The value under `key`, or nullptr: also when this is not a map.
  inline const Value* find(std::string_view key) const;
  Value* find(std::string_view key);
  // Sets or replaces; a null becomes a map first. Returns this, so that calls chain.
  Value& set(std::string key, Value value);
  Value& push(Value value);  // a null becomes a list first
  std::size_t size() const;  // items or members; 0 for scalars

  Position position() const { return position_; }
  void set_position(Position position) { position_ = position; }

  // Equal kinds and contents; positions and the order of map keys do not matter; 1 equals 1.0.
  friend bool operator==(const Value& a, const Value& b);

 private:
  std::variant<std::monostate, bool, std::int64_t, double, std::string, List, Map> data_;
  Position position_;
};

struct Member {
  std::string key;
  Value value;
  Position key_position;
};

inline const Value* Value::find(std::string_view key) const {
  const Map* map = std::get_if<Map>(&data_);
  const Member* member = map == nullptr ? nullptr : map->find(key);
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

 private:
  std::string name_;
  std::string text_;
  mutable std::vector<std::size_t> line_starts_;  // found when first asked for
};

struct Document {
  Value root;
  std::shared_ptr<const Source> source;

  base::Error error(Position position, std::string message, std::string remedy = {}) const;
};

}  // namespace weft::doc
