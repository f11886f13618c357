// What operators and functions share during one evaluation: memory, the budget, how to fail.
// A failure is a value: && and || may still absorb it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "lib/cel/arena.h"
#include "lib/cel/value.h"
#include "lib/regex/regex.h"

namespace weft::cel {

class Context {
 public:
  Arena arena;

  void begin(std::uint64_t budget);
  // Where the expression stands now: what failures point at.
  void stand_at(std::uint32_t offset) { offset_ = offset; }
  Value fail(std::string_view message);
  Value fail_type(std::string_view what, Type type);  // "what of a string"
  // Takes the cost of work to come; false when the budget is used up, which nothing absorbs.
  bool charge(std::uint64_t cost) {
    if (cost > budget_) exhausted_ = true;
    budget_ -= exhausted_ ? budget_ : cost;
    return !exhausted_;
  }
  std::uint64_t budget() const { return budget_; }
  bool exhausted() const { return exhausted_; }
  Value out_of_budget();

  // A text made now, paid for by its size.
  Value text(std::string_view text);
  Value list(const Value* items, std::size_t size) { return List{items, size}; }
  Value none() { return Optional{nullptr}; }
  Value some(const Value& value) { return Optional{arena.keep(value)}; }

  // A part of a document with the type that its shape gives it.
  Value from(const doc::Value& value, const Shape* shape);
  // A pattern that the expression makes; the last ones are kept compiled. Null: fails as told.
  const regex::Regex* pattern(std::string_view text, Value& failure);

 private:
  std::uint64_t budget_ = 0;
  std::uint32_t offset_ = 0;
  bool exhausted_ = false;
  std::unordered_map<std::string, regex::Regex> patterns_;
};

// The elements of a list, wherever they are.
class Items {
 public:
  Items(Context& context, const Value& list);
  std::size_t size() const { return size_; }
  Value operator[](std::size_t index) const;

 private:
  Context* context_;
  const Value* items_ = nullptr;
  const doc::Value* document_ = nullptr;
  const Shape* shape_ = nullptr;
  std::size_t size_ = 0;
};

// The entries of a map, wherever they are.
class Entries {
 public:
  Entries(Context& context, const Value& map);
  std::size_t size() const { return size_; }
  Value key(std::size_t index) const;
  Value value(std::size_t index) const;
  // False when there is none: a document's absent field with a default is there.
  bool find(const Value& key, Value& out) const;
  bool find(std::string_view key, Value& out) const;

 private:
  Context* context_;
  const Entry* entries_ = nullptr;
  const doc::Value* document_ = nullptr;
  const Shape* shape_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace weft::cel
