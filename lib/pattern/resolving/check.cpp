#include "lib/pattern/resolving/check.h"

#include "lib/base/format.h"
#include "lib/schema/validator.h"

namespace weft::pattern {
namespace {

// A reference that is resolved later may become any type.
bool is_open(const schema::Issue& issue) {
  return issue.kind == schema::IssueKind::type &&
         issue.message.find("$(#ref.") != std::string::npos;
}

}  // namespace

void check_settings(const Resolution& resolution, const schema::SchemaSet& schemas, Notes& notes) {
  schema::Validator validator;
  std::vector<schema::Issue> issues;
  for (const Part& part : resolution.parts)
    for (const kube::Object& object : part.objects) {
      const kube::Ref ref = kube::ref_of(object);
      const schema::Schema* schema = schemas.find(ref.api_version(), ref.kind);
      if (schema == nullptr) continue;
      issues.clear();
      validator.validate(*schema, object, issues);
      for (const schema::Issue& issue : issues) {
        if (is_open(issue)) continue;
        const bool placed = issue.position.line != 0;
        notes.push_back({Level::error,
                         fmt::format("{}: {} {}", part.service->key, issue.path, issue.message),
                         part.service->source->where(placed ? issue.position : part.service->at)});
      }
    }
}

}  // namespace weft::pattern
