// Where the checks of rules put what they find.
//
//   out.add(vs, weight, fmt::format("the weight of {} does nothing", host)).with("host", host);
//   out.add(vs, gateway, "...").absence();   // only known to be wrong when the input is complete
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lib/doc/value.h"
#include "lib/rules/resource.h"
#include "lib/rules/rule.h"

namespace weft::rules {

// A change of the file that removes a finding without changing what was meant.
struct Fix {
  enum class Kind { none, remove, set };
  Kind kind = Kind::none;
  const Value* target = nullptr;  // a scalar; `remove` takes its key as well
  std::string text;               // the new scalar, as it is written
};

struct Finding {
  const Rule* rule = nullptr;
  const Resource* resource = nullptr;  // null for what is wrong with a file
  std::shared_ptr<const doc::Source> source;
  doc::Position at;
  Severity severity = Severity::warning;
  bool is_absence = false;         // rests on something not being in the input
  bool is_partial = false;         // an absence in an input that need not be complete
  const Value* subject = nullptr;  // what is wrong in the resource; null: the object as a whole
  std::string message;
  std::vector<std::pair<std::string, std::string>> params;
  Fix fix;

  std::string path() const;  // JSON pointer to the value

  Finding& with(std::string name, std::string_view value) {
    params.emplace_back(std::move(name), std::string(value));
    return *this;
  }
  Finding& absence() { return is_absence = true, *this; }
  Finding& as(Severity other) { return severity = other, *this; }
  Finding& fixed_by(Fix how) { return fix = std::move(how), *this; }
};

// Sixteen hexadecimal digits that stay the same when lines move: from the rule, the resource, the
// path and the parameters.
std::string fingerprint(const Finding& finding);

class Report {
 public:
  // The rule whose check runs now.
  void begin(const Rule& rule) { rule_ = &rule; }
  // `at` may be null: then the finding is about the object as a whole. The reference is valid
  // until the next call.
  Finding& add(const Resource& resource, const Value* at, std::string message);
  Finding& add(std::shared_ptr<const doc::Source> source, doc::Position at, std::string message);

  std::vector<Finding> take() { return std::move(findings_); }

 private:
  const Rule* rule_ = nullptr;
  std::vector<Finding> findings_;
};

}  // namespace weft::rules
