#include "lib/rules/file/schema_report.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  report_issues(in, {schema::IssueKind::unknown_field}, out);
}

}  // namespace

Rule wf007() {
  return {.id = "WF007",
          .slug = "field-unknown",
          .mesh = "all",
          .category = "files",
          .title = "a field that the schema does not have",
          .why = "The API server drops it in silence, so the setting never takes effect.",
          .remedy = "correct the name of the field or its indentation",
          .refs = "IST0106",
          .check = check};
}

}  // namespace weft::rules
