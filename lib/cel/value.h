// A value during evaluation: small, copied freely, owning nothing. Text, lists and maps stay in
// the document or live in the arena of the evaluation, whichever they came from.
#pragma once

#include <cstdint>
#include <string_view>
#include <variant>

#include "lib/cel/shape.h"
#include "lib/cel/type.h"

namespace weft::cel {

class Value;
struct Entry;

struct Bytes {
  std::string_view text;
};
struct DocumentList {
  const doc::Value* value;
  const Shape* shape;
};
struct DocumentMap {
  const doc::Value* value;
  const Shape* shape;
};
struct List {
  const Value* items;
  std::size_t size;
};
struct Map {
  const Entry* entries;
  std::size_t size;
};
struct Duration {
  std::int64_t nanoseconds;
};
struct Timestamp {
  std::int64_t seconds;  // since 1970
  std::int32_t nanoseconds;
};
struct Optional {
  const Value* value;  // null: none
};
// Values that only functions understand (URLs, addresses, quantities): each derives from this.
struct Object {
  Type type;
};
struct Failure {
  std::string_view message;
  std::uint32_t offset;  // in the expression
};

class Value {
 public:
  using Data = std::variant<std::monostate, bool, std::int64_t, std::uint64_t, double,
                            std::string_view, Bytes, DocumentList, DocumentMap, List, Map, Duration,
                            Timestamp, Optional, Type, const Object*, const Failure*>;

  Value() = default;
  template <typename T>
  requires(!std::is_same_v<std::remove_cvref_t<T>, Value> && !std::is_same_v<T, const char*>)
      Value(T data)
      : data_(data) {}

  Type type() const;
  bool is_error() const { return std::holds_alternative<const Failure*>(data_); }
  template <typename T>
  const T* get() const {
    return std::get_if<T>(&data_);
  }

  // Each demands the matching type.
  bool boolean() const { return std::get<bool>(data_); }
  std::int64_t integer() const { return std::get<std::int64_t>(data_); }
  std::uint64_t uinteger() const { return std::get<std::uint64_t>(data_); }
  double number() const { return std::get<double>(data_); }
  std::string_view text() const { return std::get<std::string_view>(data_); }
  std::string_view bytes() const { return std::get<Bytes>(data_).text; }
  std::int64_t duration() const { return std::get<Duration>(data_).nanoseconds; }
  const Timestamp& timestamp() const { return std::get<Timestamp>(data_); }
  const Value* optional() const { return std::get<Optional>(data_).value; }
  const Failure& failure() const { return *std::get<const Failure*>(data_); }
  template <typename T>
  const T& object() const {
    return *static_cast<const T*>(std::get<const Object*>(data_));
  }

 private:
  Data data_;
};

struct Entry {
  Value key;
  Value value;
};

}  // namespace weft::cel
