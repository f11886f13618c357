// Runs the rules over an inventory and leaves what a person has not seen or decided about yet.
//
//   rules::Inventory in(files, settings);
//   const rules::Outcome outcome = rules::validate(in, {.today = "2026-03-01"});
#pragma once

#include <set>
#include <string>
#include <vector>

#include "lib/rules/inventory.h"
#include "lib/rules/report.h"
#include "lib/rules/suppression.h"

namespace weft::rules {

struct Options {
  std::vector<std::string> only;  // ids, slugs or foreign codes; empty: all rules
  std::vector<std::string> skip;
  std::vector<Suppression> ignored;
  std::set<std::string> baseline;  // fingerprints of findings that are known
  std::set<std::string> live;      // fingerprints of findings that live objects have anyway
  std::string today;               // "2026-03-01", for suppressions that end
  unsigned workers = 1;            // threads that run rules
};

struct Outcome {
  std::vector<Finding> findings;  // by file, line, column and rule
  std::uint64_t suppressed = 0;
  std::uint64_t in_baseline = 0;
  std::uint64_t in_cluster = 0;  // on live objects, whatever the files do

  std::uint64_t count(Severity severity) const;
  bool reaches(Severity threshold) const;
};

Outcome validate(const Inventory& in, const Options& options);

std::set<std::string> fingerprints(const Outcome& outcome);

}  // namespace weft::rules
