// Plans as documents, schema weft.plan/v1: what `-o json` prints and `--plan-out` keeps.
//
//   {"schema": "weft.plan/v1", "verb": "install", "mesh": "istio", "to": "1.30.3",
//    "steps": [{"release": "istiod", "action": "install", "digest": "sha256:...",
//               "crds": [], "changes": [{"action": "create", "group": "apps", ...}]}],
//    "warnings": [], "images": []}
#pragma once

#include "lib/base/result.h"
#include "lib/doc/value.h"
#include "lib/lifecycle/plan.h"

namespace weft::lifecycle {

doc::Value to_document(const Plan& plan);
// Keys that this version does not know are ignored, so that later ones may add some.
base::Result<Plan> read_plan(const doc::Document& document);

}  // namespace weft::lifecycle
