// What can be looked at before and after a mesh is installed, and what came out. Checks are rows of
// one table, which reports, `weft explain` and the documentation read; a result is one row applied
// to one subject.
//
//   CheckReport report;
//   report.add("cluster-version", Verdict::warn, "Kubernetes 1.37 is newer than istio 1.30 knows");
//   report.ignore({"cluster-version"});
//   if (report.count().fail > 0) return ExitCode::no;
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/result.h"

namespace weft::mesh {

enum class Verdict {
  ok,
  warn,  // works, but somebody should look
  fail,  // will not work, or does not work
  skip   // could not be looked at; the detail says why
};

struct Check {
  std::string_view id;  // stable
  std::string_view category;
  std::string_view title;    // what is true when the verdict is ok
  std::string_view meaning;  // what is looked at and what happens when it does not hold
  std::string_view remedy;   // in general; a result may know better
};

// In the order of the categories and of reports.
std::span<const Check> checks();
const Check* find_check(std::string_view id);
// Refuses ids that no check has, with did-you-mean: a usage error.
base::Result<void> known_checks(const std::vector<std::string>& ids);

struct CheckResult {
  const Check* check = nullptr;
  Verdict verdict = Verdict::ok;
  std::string subject;   // the object it is about: "Namespace shop"; empty for the cluster or mesh
  std::string detail;    // what was found
  std::string hint;      // what to do about it; empty when nothing needs to be done
  bool ignored = false;  // a failure that the user has asked not to count
};

struct CheckCount {
  std::size_t ok = 0;
  std::size_t warn = 0;
  std::size_t fail = 0;  // without the ignored ones
  std::size_t skip = 0;
  std::size_t ignored = 0;
};

struct CheckReport {
  std::string mesh;  // id; empty when the cluster as a whole was looked at
  std::vector<CheckResult> results;

  // `id` stands in the table. Without a hint, the remedy of the table is one for warn and fail.
  CheckResult& add(std::string_view id, Verdict verdict, std::string detail = {},
                   std::string subject = {}, std::string hint = {});
  void ignore(const std::vector<std::string>& ids);
  // In the order of the table; results of one check stay in the order they came.
  void sort();
  CheckCount count() const;
};

std::string_view name_of(Verdict verdict);  // "ok", "warn", "fail", "skip"

}  // namespace weft::mesh
