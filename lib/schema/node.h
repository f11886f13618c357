// A schema after compilation: one node for each place of an object, everything looked up that can
// be. Absent limits have their widest value, so that a check needs no test for presence.
#pragma once

#include <cstdint>
#include <deque>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "lib/cel/program.h"
#include "lib/cel/shape.h"
#include "lib/doc/value.h"
#include "lib/regex/regex.h"

namespace weft::schema {

struct Node;
struct Format;

enum class Kind : std::uint8_t { any, boolean, integer, number, string, list, object };

struct Field {
  std::string name;
  const Node* node = nullptr;
};

struct Rule {
  cel::Program condition;
  std::optional<cel::Program> message_expression;
  std::string message;
  std::vector<std::string> field_path;  // where it points; below the node of the rule
};

struct Range {
  std::uint64_t least = 0;
  std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
  bool holds(std::uint64_t size) const { return size >= least && size <= most; }
};

enum class ListType : std::uint8_t { atomic, set, map };

struct Node {
  Kind kind = Kind::any;
  bool nullable = false;
  bool int_or_string = false;
  // Fields that are not listed are mistakes.
  bool closed = false;
  bool exclusive_minimum = false;
  bool exclusive_maximum = false;
  bool unique_items = false;
  ListType list_type = ListType::atomic;

  std::vector<Field> fields;         // by name
  const Node* additional = nullptr;  // of values under names that are not listed
  const Node* items = nullptr;
  std::vector<std::string> required;
  std::vector<std::string> list_keys;  // of a list that is a map
  std::optional<doc::Value> fallback;  // default

  doc::List allowed;  // enum
  double minimum = -std::numeric_limits<double>::infinity();
  double maximum = std::numeric_limits<double>::infinity();
  double multiple_of = 0;  // 0: anything
  Range length;            // of a string, in code points
  Range size;              // of a list or an object
  std::optional<regex::Regex> pattern;
  std::string pattern_text;
  const Format* format = nullptr;

  std::vector<const Node*> all_of;
  std::vector<const Node*> any_of;
  std::vector<const Node*> one_of;
  const Node* not_of = nullptr;

  std::vector<Rule> rules;
  cel::Shape shape;  // what rules see

  const Field* field(std::string_view name) const;
};

}  // namespace weft::schema
