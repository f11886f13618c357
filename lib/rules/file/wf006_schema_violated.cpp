#include "lib/rules/file/schema_report.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  using schema::IssueKind;
  report_issues(in,
                {IssueKind::type, IssueKind::required, IssueKind::value, IssueKind::range,
                 IssueKind::pattern, IssueKind::combination, IssueKind::limit},
                out);
}

}  // namespace

Rule wf006() {
  return {.id = "WF006",
          .slug = "schema-violated",
          .severity = Severity::error,
          .mesh = "all",
          .category = "files",
          .title = "an object does not fit its schema",
          .why = "The API server refuses the object.",
          .remedy = "correct the field as the message says",
          .refs = "IST0106",
          .check = check};
}

}  // namespace weft::rules
