#include "lib/rules/file/schema_report.h"

#include <algorithm>

#include "lib/base/format.h"

namespace weft::rules {

void report_issues(const Inventory& in, std::initializer_list<schema::IssueKind> kinds,
                   Report& out) {
  for (const SchemaIssue& found : in.schema_issues().issues) {
    const schema::Issue& issue = found.issue;
    if (std::find(kinds.begin(), kinds.end(), issue.kind) == kinds.end()) continue;
    std::string message =
        issue.path.empty() ? issue.message : fmt::format("{} {}", issue.path, issue.message);
    Finding& finding =
        out.add(*found.resource, value_at(*found.resource->root, issue.path), std::move(message));
    if (issue.position.line != 0) finding.at = issue.position;
    finding.with("path", issue.path).with("problem", name_of(issue.kind));
  }
}

}  // namespace weft::rules
