// What the objects of the input have against their schemas: those of the custom resource
// definitions in the input and of the folders that were named, and the ones compiled in.
#pragma once

#include <vector>

#include "lib/rules/resource.h"
#include "lib/schema/issue.h"
#include "lib/schema/schema_set.h"

namespace weft::rules {

struct SchemaIssue {
  const Resource* resource = nullptr;
  schema::Issue issue;
};

struct SchemaIssues {
  std::vector<SchemaIssue> issues;
  std::vector<const Resource*> without_schema;  // custom resources that no schema is known for
};

// On as many threads as `workers`; the order of the answer is that of the resources.
SchemaIssues judge(const schema::SchemaSet& schemas, std::span<const Resource> resources,
                   unsigned workers);

// The value at a path as issues write it, "spec.http[0].route", or the nearest one above it.
const Value* value_at(const Value& root, std::string_view path);

}  // namespace weft::rules
