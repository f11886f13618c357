// What YAML adds to plain events: anchors and aliases, tags, and the types of plain scalars. Both
// YAML readers feed their parser's events to a Composer, which feeds a Builder; so they agree on
// values, positions and most messages. After a failure ok() is false: the parser should stop.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "lib/doc/builder.h"

namespace weft::doc {

class Composer {
 public:
  // An anchor's number in its document, counted from 1; 0 is none.
  using Anchor = std::uint64_t;
  // The tags of what has none: a plain scalar or a container, and quoted or block text.
  static constexpr std::string_view kPlain = "?";
  static constexpr std::string_view kQuoted = "!";

  explicit Composer(Builder& builder) : builder_(builder) {}

  void start_document();
  // The document holds no value, or nothing but null.
  bool empty() const { return empty_; }
  bool ok() const { return builder_.ok(); }

  // Nothing is written where a value belongs; `at` is a place nearby.
  void absent(Position at, Anchor anchor);
  void alias(Position at, Anchor anchor);
  void scalar(Position at, std::string_view tag, Anchor anchor, std::string_view text);
  void begin_list(Position at, std::string_view tag, Anchor anchor);
  void begin_map(Position at, std::string_view tag, Anchor anchor);
  void end();
  void fail(Position at, std::string message, std::string remedy) {
    builder_.fail(at, std::move(message), std::move(remedy));
  }

 private:
  struct Open {
    Anchor anchor;
    Position at;
  };

  void keep(Anchor anchor, const Value& value, Position at);
  bool begin(Position at, std::string_view tag, std::string_view kind, Anchor anchor);
  void key(Position at, std::string_view tag, Anchor anchor, std::string_view text);
  void unknown_tag(Position at, std::string_view tag);
  // Null after a failure.
  Value typed(Position at, std::string_view tag, std::string_view text);
  Value tagged(Position at, std::string_view kind, std::string_view text);

  Builder& builder_;
  bool empty_ = false;
  std::unordered_map<Anchor, Value> anchors_;
  std::vector<Open> open_;
};

}  // namespace weft::doc
