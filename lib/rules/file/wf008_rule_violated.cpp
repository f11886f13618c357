#include "lib/rules/file/schema_report.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  report_issues(in, {schema::IssueKind::rule, schema::IssueKind::rule_failed}, out);
}

}  // namespace

Rule wf008() {
  return {.id = "WF008",
          .slug = "rule-violated",
          .severity = Severity::error,
          .mesh = "all",
          .category = "files",
          .title = "a validation rule of the schema says no",
          .why =
              "Definitions carry rules that relate fields to each other; the API server refuses "
              "an object that breaks one.",
          .remedy = "correct the fields that the message names",
          .refs = "IST0106",
          .check = check};
}

}  // namespace weft::rules
