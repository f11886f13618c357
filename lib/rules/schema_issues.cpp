#include "lib/rules/schema_issues.h"

#include <iterator>

#include "lib/base/number.h"
#include "lib/base/parallel.h"
#include "lib/schema/validator.h"

namespace weft::rules {
namespace {

// Objects of groups with a domain of their own come with a definition; those of Kubernetes do not.
bool is_custom(const Resource& resource) {
  return resource.group.find('.') != std::string_view::npos && !resource.group.ends_with(".k8s.io");
}

// The first step of `path`, taken off it: "http" of "http[0].route", then "0".
std::string_view next_step(std::string_view& path) {
  if (path.starts_with('.')) path.remove_prefix(1);
  const bool is_index = path.starts_with('[');
  if (is_index) path.remove_prefix(1);
  const std::size_t end = is_index ? path.find(']') : path.find_first_of(".[");
  const std::string_view step = path.substr(0, end);
  path.remove_prefix(std::min(path.size(), step.size() + (is_index ? 1u : 0u)));
  return step;
}

void judge(const schema::SchemaSet& schemas, std::span<const Resource> resources,
           SchemaIssues& out) {
  schema::Validator validator;
  std::vector<schema::Issue> found;
  const schema::Schema* known = nullptr;
  std::string_view known_api;
  std::string_view known_kind;
  for (const Resource& resource : resources) {
    const std::string_view api = text(get(resource.root, "apiVersion"));
    if (resource.kind.empty() || api.empty()) continue;
    // Mostly objects of one kind follow each other.
    if (api != known_api || resource.kind != known_kind) {
      known = schemas.find(api, resource.kind);
      known_api = api;
      known_kind = resource.kind;
    }
    if (known == nullptr) {
      if (is_custom(resource)) out.without_schema.push_back(&resource);
      continue;
    }
    found.clear();
    validator.validate(*known, *resource.root, found);
    for (schema::Issue& issue : found) out.issues.push_back({&resource, std::move(issue)});
  }
}

}  // namespace

SchemaIssues judge(const schema::SchemaSet& schemas, std::span<const Resource> resources,
                   unsigned workers) {
  constexpr std::size_t kBatch = 256;
  std::vector<SchemaIssues> batches((resources.size() + kBatch - 1) / kBatch);
  base::in_parallel(workers, batches.size(), [&](std::size_t i) {
    const std::size_t begin = i * kBatch;
    judge(schemas, resources.subspan(begin, std::min(kBatch, resources.size() - begin)),
          batches[i]);
  });
  SchemaIssues all;
  for (SchemaIssues& batch : batches) {
    std::move(batch.issues.begin(), batch.issues.end(), std::back_inserter(all.issues));
    all.without_schema.insert(all.without_schema.end(), batch.without_schema.begin(),
                              batch.without_schema.end());
  }
  return all;
}

const Value* value_at(const Value& root, std::string_view path) {
  const Value* here = &root;
  while (!path.empty()) {
    const std::string_view step = next_step(path);
    const auto index = base::parse_uint(step);
    const Value* inner = here->is_list() && index && *index < here->size() ? &here->items()[*index]
                                                                           : here->find(step);
    if (inner == nullptr) break;
    here = inner;
  }
  return here == &root ? nullptr : here;
}

}  // namespace weft::rules
