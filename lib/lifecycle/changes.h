// Differences between objects as a plan tells them: what happens to each, and whether a person must
// see it whatever the level of detail.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lib/kube/crds.h"
#include "lib/lifecycle/plan.h"
#include "lib/mesh/mesh.h"

namespace weft::lifecycle {

struct Comparison {
  std::vector<Change> changes;
  std::size_t masked = 0;
};

// Desired against live, `live` in the order of `desired`. `previous` is what the release rendered
// before: what it has and `desired` has not is removed, unless it asks to be kept. Fields that the
// mesh's file lists as random or as edited by a controller do not count.
Comparison compare_objects(const mesh::Mesh& mesh, const kube::Objects& desired,
                           const std::vector<std::optional<kube::Object>>& live,
                           const kube::Objects& previous);

// CRDs likewise; those without a change are left out.
std::vector<Change> changes_of(const kube::CrdPlan& plan);

// One line for a field's value: JSON, at most 60 columns.
std::string short_text(const doc::Value& value);

// What of `desired` this role grants beyond `live`: "get secrets"; empty when nothing.
std::string widening(const kube::Object& desired, const kube::Object& live);

}  // namespace weft::lifecycle
