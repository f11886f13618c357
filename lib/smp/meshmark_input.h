// What a MeshMark is computed from: a document that lists classes and MUEs, or a performance run
// with its baseline and the resources used meanwhile.
//
//   profile: weft/1
//   classes:
//     - name: compute
//       mues:
//         - {id: cpu_dp, kind: headroom, used: 755, assigned: 4000, weight: +25%}
//
//   WEFT_TRY(input, read_meshmark(document));
//   WEFT_TRY(mark, score(input));
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>

#include "lib/base/result.h"
#include "lib/doc/value.h"
#include "lib/smp/meshmark.h"
#include "lib/smp/run.h"

namespace weft::smp {

// Whether the document lists classes, and is not a result.
bool is_meshmark_input(const doc::Value& root);

// A MUE takes the inputs of its kind, `weight` (0.25, "25%", "+25%") or the value of the function
// to the business, `criticality` and `risk` of -1..1, which become the weight
// clamp((criticality + risk) / 4, -0.5, +0.5); `unit` and `from` (origin of the budget). One whose
// inputs are null or left out has no data. Input errors carry the position.
base::Result<MeshMarkInput> read_meshmark(const doc::Document& document);

using Resources = std::map<std::string, Usage>;  // "dp", "cp", "app"

// {dp: {cpu_mcores: 755, cpu_mcores_assigned: 4000, mem_mb: 63, mem_mb_assigned: 2048}, cp, app};
// may stand below a key `resources`.
base::Result<Resources> read_resources(const doc::Document& document);

// The profile's classes, from what is known of the run; what is not known is missing.
// `baseline` is the same load without the mesh.
MeshMarkInput meshmark_of(const Run& run, const Run* baseline, const Resources& resources,
                          MeshMarkMethod method);

// "cpu_dp=25%" or "latency.p99=-0.5": the weight of every MUE with that id. Usage errors.
base::Result<void> set_weight(MeshMarkInput& input, std::string_view assignment);

}  // namespace weft::smp
