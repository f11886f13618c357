// Judges objects by compiled schemas. One for each thread: its memory is used again and again, and
// an object without faults costs no allocation.
//
// Semantics are those of the API server: a null under a key counts as absent unless the schema
// allows null, an absent field with a default is there, and the rules of a part are evaluated only
// when the part itself is well-formed.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lib/cel/program.h"
#include "lib/schema/issue.h"
#include "lib/schema/schema.h"

namespace weft::schema {

class Validator {
 public:
  // Appends what is wrong in the order of the document.
  void validate(const Schema& schema, const doc::Value& object, std::vector<Issue>& issues);

 private:
  struct Step {
    std::string_view key;  // of a field, or ...
    std::size_t index = 0;
    bool is_index = false;  // ... the place in a list
  };
  class Inside;  // one step further down while it lives

  void walk(const Node& node, const doc::Value& value);
  bool check_type(const Node& node, const doc::Value& value);
  void check_number(const Node& node, double number, const doc::Value& value);
  void check_string(const Node& node, const doc::Value& value);
  void check_size(const Node& node, const doc::Value& value, std::string_view noun);
  void check_allowed(const Node& node, const doc::Value& value);
  void walk_list(const Node& node, const doc::Value& list);
  void check_unique(const Node& node, const doc::Value& list);
  void walk_object(const Node& node, const doc::Value& object);
  void unknown_field(const Node& node, const doc::Member& member);
  void check_required(const Node& node, const doc::Value& object);
  void check_combinations(const Node& node, const doc::Value& value);
  void check_choice(const Node& node, const doc::Value& value, bool exactly_one);
  void check_rules(const Node& node, const doc::Value& value);
  void check_rule(const Node& node, const Rule& rule, const doc::Value& value);
  // Whether a value satisfies a node, without saying what is wrong.
  bool holds(const Node& node, const doc::Value& value);

  void report(IssueKind kind, doc::Position position, std::string message,
              std::string suggestion = {});
  // True when the answer is known already, or when judging has become too costly.
  bool decided() const { return exhausted_ || (silent_ > 0 && failed_); }
  std::string path() const;

  cel::Evaluator evaluator_;
  std::vector<Issue>* issues_ = nullptr;
  std::vector<Step> steps_;
  std::vector<std::uint32_t> order_;  // scratch of check_unique
  std::uint64_t work_ = 0;            // nodes still to be visited at most
  std::uint64_t rule_work_ = 0;       // cost of rules, likewise
  std::size_t malformed_ = 0;         // issues that keep rules from being evaluated
  int silent_ = 0;                    // > 0 inside holds()
  int depth_ = 0;
  bool failed_ = false;
  bool exhausted_ = false;
};

}  // namespace weft::schema
