#include "lib/schema/validator.h"

#include <algorithm>
#include <cmath>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/cel/utf8.h"
#include "lib/schema/format.h"
#include "lib/schema/words.h"

namespace weft::schema {
namespace {

constexpr std::uint64_t kMaxWork = 20'000'000;
constexpr std::uint64_t kMaxRuleWork = 50'000'000;
constexpr int kMaxDepth = 500;

bool is_whole(const doc::Value& value) {
  return value.is_int() || (value.is_number() && std::trunc(value.number()) == value.number());
}

}  // namespace

class Validator::Inside {
 public:
  Inside(Validator& validator, std::string_view key) : validator_(validator) {
    validator_.steps_.push_back({key});
  }
  Inside(Validator& validator, std::size_t index) : validator_(validator) {
    validator_.steps_.push_back({{}, index, true});
  }
  Inside(const Inside&) = delete;
  Inside& operator=(const Inside&) = delete;
  ~Inside() { validator_.steps_.pop_back(); }

 private:
  Validator& validator_;
};

void Validator::validate(const Schema& schema, const doc::Value& object,
                         std::vector<Issue>& issues) {
  issues_ = &issues;
  steps_.clear();
  work_ = kMaxWork;
  rule_work_ = kMaxRuleWork;
  malformed_ = 0;
  silent_ = depth_ = 0;
  failed_ = exhausted_ = false;
  walk(schema.root(), object);
  if (exhausted_)
    issues.push_back({IssueKind::limit,
                      {},
                      object.position(),
                      "the object or its schema is too large to be judged completely",
                      {}});
}

void Validator::report(IssueKind kind, doc::Position position, std::string message,
                       std::string suggestion) {
  failed_ = true;
  if (silent_ > 0) return;
  const bool blocks =
      kind == IssueKind::type || kind == IssueKind::required || kind == IssueKind::unknown_field;
  malformed_ += blocks ? 1 : 0;
  issues_->push_back({kind, path(), position, std::move(message), std::move(suggestion)});
}

std::string Validator::path() const {
  std::string out;
  for (const Step& step : steps_) {
    if (step.is_index) {
      out += fmt::format("[{}]", step.index);
    } else if (!step.key.empty() && step.key.find_first_of("./[] ") == std::string_view::npos) {
      if (!out.empty()) out += '.';
      out += step.key;
    } else {
      out += fmt::format("[\"{}\"]", step.key);
    }
  }
  return out;
}

void Validator::walk(const Node& node, const doc::Value& value) {
  if (work_ == 0 || depth_ >= kMaxDepth) exhausted_ = true;
  if (decided()) return;
  --work_;
  ++depth_;
  const std::size_t malformed_before = malformed_;
  if (check_type(node, value)) {
    if (!node.allowed.empty()) check_allowed(node, value);
    if (value.is_map())
      walk_object(node, value);
    else if (value.is_list())
      walk_list(node, value);
    else if (value.is_string())
      check_string(node, value);
    else if (value.is_number())
      check_number(node, value.number(), value);
    if (!decided()) check_combinations(node, value);
    if (!node.rules.empty() && !decided() && malformed_ == malformed_before)
      check_rules(node, value);
  }
  --depth_;
}

bool Validator::check_type(const Node& node, const doc::Value& value) {
  if (value.is_null()) {
    if (node.nullable || (node.kind == Kind::any && !node.int_or_string)) return !node.nullable;
    report(IssueKind::type, value.position(), fmt::format("must be {}, found null", noun_of(node)));
    return false;
  }
  bool good = true;
  switch (node.kind) {
    case Kind::any:
      good = !node.int_or_string || is_whole(value) || value.is_string();
      break;
    case Kind::boolean:
      good = value.is_bool();
      break;
    case Kind::integer:
      good = is_whole(value);
      break;
    case Kind::number:
      good = value.is_number();
      break;
    case Kind::string:
      good = value.is_string();
      break;
    case Kind::list:
      good = value.is_list();
      break;
    case Kind::object:
      good = value.is_map();
      break;
  }
  if (!good)
    report(IssueKind::type, value.position(),
           fmt::format("must be {}, found {}", noun_of(node), noun_of(value)));
  return good;
}

void Validator::check_number(const Node& node, double number, const doc::Value& value) {
  const auto out_of_range = [&](std::string_view relation, double bound) {
    report(IssueKind::range, value.position(),
           fmt::format("must be {} {}, found {}", relation, text_of(bound), text_of(value)));
  };
  if (number < node.minimum) out_of_range("at least", node.minimum);
  if (number > node.maximum) out_of_range("at most", node.maximum);
  if (node.exclusive_minimum && number == node.minimum) out_of_range("more than", node.minimum);
  if (node.exclusive_maximum && number == node.maximum) out_of_range("less than", node.maximum);
  if (const Format* format = node.format; format != nullptr && format->maximum > 0 &&
                                          (number < format->minimum || number > format->maximum))
    report(IssueKind::range, value.position(),
           fmt::format("must fit {}, found {}", format->name, text_of(value)));
  if (node.multiple_of > 0 && std::abs(std::remainder(number, node.multiple_of)) > 1e-9)
    report(IssueKind::range, value.position(),
           fmt::format("must be a multiple of {}, found {}", text_of(node.multiple_of),
                       text_of(value)));
}

void Validator::check_string(const Node& node, const doc::Value& value) {
  const doc::Text& text = value.string();
  // Sizes in bytes bound the count of code points from both sides; mostly that decides.
  const bool surely_fits = text.size() <= node.length.most && text.size() / 4 >= node.length.least;
  if (!surely_fits) {
    const std::size_t length = cel::count_code_points(text);
    if (!node.length.holds(length))
      report(IssueKind::range, value.position(),
             length == 0 ? "must not be empty"
                         : fmt::format("must have {}, has {}", range_text(node.length, "character"),
                                       length));
  }
  if (node.pattern && !node.pattern->found_in(text))
    report(IssueKind::pattern, value.position(),
           fmt::format("\"{}\" does not match the pattern {}", shortened(text), node.pattern_text));
  if (node.format != nullptr && node.format->valid != nullptr && !node.format->valid(text))
    report(IssueKind::pattern, value.position(),
           fmt::format("must be {}, found \"{}\"", node.format->wanted, shortened(text)));
}

void Validator::check_size(const Node& node, const doc::Value& value, std::string_view noun) {
  if (node.size.holds(value.size())) return;
  report(IssueKind::range, value.position(),
         fmt::format("must have {}, has {}", range_text(node.size, noun), value.size()));
}

void Validator::check_allowed(const Node& node, const doc::Value& value) {
  if (std::find(node.allowed.begin(), node.allowed.end(), value) != node.allowed.end()) return;
  if (silent_ > 0) return report(IssueKind::value, value.position(), {});
  std::vector<std::string> names;
  for (const auto& each : node.allowed) names.push_back(text_of(each));
  const std::string found = text_of(value);
  const auto near = base::closest(found, names, 1);
  constexpr std::size_t kListed = 20;
  const std::string list =
      base::join(std::span(names).first(std::min(names.size(), kListed)), ", ") +
      (names.size() > kListed ? ", ..." : "");
  report(IssueKind::value, value.position(),
         fmt::format("must be {}{}, found {}", names.size() == 1 ? "" : "one of ", list,
                     found.empty() ? "\"\"" : found),
         near.empty() ? std::string() : near[0]);
}

void Validator::walk_list(const Node& node, const doc::Value& list) {
  check_size(node, list, "item");
  if (node.items != nullptr)
    for (std::size_t i = 0; i < list.size() && !decided(); ++i) {
      const Inside inside(*this, i);
      walk(*node.items, list.items()[i]);
    }
  if ((node.unique_items || node.list_type != ListType::atomic) && list.size() > 1)
    check_unique(node, list);
}

void Validator::walk_object(const Node& node, const doc::Value& object) {
  check_size(node, object, "field");
  for (const auto& member : object.members()) {
    if (decided()) return;
    const Field* field = node.field(member.key);
    const Node* inner = field != nullptr ? field->node : node.additional;
    if (inner == nullptr) {
      if (node.closed) unknown_field(node, member);
      continue;
    }
    // The API server drops such a null before it judges.
    if (field != nullptr && member.value.is_null() && !inner->nullable) continue;
    const Inside inside(*this, member.key);
    walk(*inner, member.value);
  }
  check_required(node, object);
}

void Validator::unknown_field(const Node& node, const doc::Member& member) {
  if (silent_ > 0) return report(IssueKind::unknown_field, member.key_position, {});
  std::vector<std::string> names;
  for (const Field& field : node.fields) names.push_back(field.name);
  const auto near = base::closest(member.key, names, 1);
  const Inside inside(*this, member.key);
  report(IssueKind::unknown_field, member.key_position,
         fmt::format("unknown field{}", near.empty() ? "" : " (did you mean " + near[0] + "?)"),
         near.empty() ? std::string() : near[0]);
}

void Validator::check_required(const Node& node, const doc::Value& object) {
  for (const std::string& name : node.required) {
    const doc::Value* value = object.find(name);
    if (value != nullptr && !value->is_null()) continue;
    const Field* field = node.field(name);
    const bool is_there = (value != nullptr && (field == nullptr || field->node->nullable)) ||
                          (field != nullptr && field->node->fallback);
    if (is_there) continue;
    if (silent_ > 0) return report(IssueKind::required, object.position(), {});
    report(IssueKind::required, object.position(), fmt::format("{} is missing", name));
  }
}

}  // namespace weft::schema
