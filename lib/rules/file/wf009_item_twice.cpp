#include "lib/rules/file/schema_report.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  report_issues(in, {schema::IssueKind::duplicate}, out);
}

}  // namespace

Rule wf009() {
  return {.id = "WF009",
          .slug = "item-twice",
          .severity = Severity::error,
          .mesh = "all",
          .category = "files",
          .title = "the same item twice in a list that is a set or a map",
          .why = "The API server refuses the object.",
          .remedy = "remove one of the two",
          .refs = "IST0106",
          .check = check};
}

}  // namespace weft::rules
