// YAML as programs and most people write it, in one pass over the text: block maps and lists, flow
// collections, one-line scalars, literal blocks, anchors, aliases, comments; ASCII without tabs.
// What is rarer, or wrong, is left to a reader that knows all of YAML and explains mistakes.
//
//   SimpleYaml reader(composer, anchors);
//   if (!reader.read(part, first_line)) read_with_libyaml(part, first_line);
//
// It may refuse what YAML allows, but never takes what libyaml would refuse or reads it otherwise:
// the tests and a fuzzer hold both against each other.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "lib/doc/composer.h"

namespace weft::doc {

// The anchors of a document by name; a name can be given again.
class AnchorNames {
 public:
  Composer::Anchor add(std::string_view name);
  Composer::Anchor find(std::string_view name) const;  // 0 when there is none
  void clear() { by_name_.clear(); }

 private:
  std::map<std::string, Composer::Anchor, std::less<>> by_name_;
  Composer::Anchor last_ = 0;
};

class SimpleYaml {
 public:
  SimpleYaml(Composer& composer, AnchorNames& anchors) : composer_(composer), anchors_(anchors) {}

  // One document into the composer, which is left somewhere in it when the answer is no. The part
  // begins at the start of a line and holds nothing but one document.
  bool read(std::string_view part, std::uint32_t first_line);

 private:
  // A column counted from 0, or -1 for what is around the root.
  using Column = std::ptrdiff_t;

  struct Scalar {
    Position at;
    std::string_view tag;
    std::string_view text;  // in the source or in scratch_
  };
  // Where a node begins when an anchor stands before it.
  struct Start {
    Position at;
    Composer::Anchor anchor = 0;
  };

  // Of the text: behind its end every character is a line feed.
  char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\n';
  }
  Position place() const;
  Column column() const { return static_cast<Column>(at_ - line_start_); }
  void skip_spaces();
  bool ends_line() const;  // nothing follows but spaces and a comment
  bool to_content();       // over lines and comments; false at the end
  bool at_entry() const;   // of a list: at its dash
  bool take_colon(const Scalar& key, bool in_flow);

  bool node(Column outer, bool is_value);
  bool below(Column outer, bool is_value, Start start);
  bool block(Column outer, Start start);
  bool list(Column indent, Start start);
  bool map(Column indent, Start start, Scalar key);
  bool on_line(Column outer, Start start);
  bool flow(Start start);
  bool flow_pair();
  bool flow_value();

  bool anchor(Start& start);
  bool alias();
  std::string_view name();
  bool scalar(Scalar& out, bool in_flow);
  bool plain(Scalar& out, bool in_flow);
  bool quoted(Scalar& out);
  bool double_quoted(std::string_view& out);
  bool literal(Column outer, Start start);
  Column literal_indent() const;
  bool put(const Scalar& scalar, Start start);

  Composer& composer_;
  AnchorNames& anchors_;
  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_start_ = 0;
  std::uint32_t line_ = 1;
  std::string scratch_;
};

}  // namespace weft::doc
