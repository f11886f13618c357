// Runs as Service Mesh Performance documents: the four roots, linked by their ids. What is not
// known is left out; what SMP has no field for goes into labels with the prefix "weft.".
//
//   std::string text = doc::write_yaml(smp::smp_result(run));                     // for people
//   std::string wire = doc::write_json(smp::to_protojson(smp::smp_bundle(run)));  // for programs
#pragma once

#include <string_view>

#include "lib/doc/value.h"
#include "lib/smp/run.h"

namespace weft::smp {

inline constexpr std::string_view kSmpVersion = "v0.6.1";

// Keys as in the protobuf definition, enums by name (dialect D1).
doc::Value smp_result(const Run& run);       // PerformanceTestResult
doc::Value smp_test_config(const Run& run);  // PerformanceTestConfig
doc::Value smp_mesh_config(const Run& run);  // ServiceMeshConfig
doc::Value smp_environment(const Run& run);  // EnvironmentConfig
// {test, mesh, environment, result}; SMP itself has no message that holds all four.
doc::Value smp_bundle(const Run& run);

// The same in lowerCamelCase with 64-bit integers as text (dialect D2).
doc::Value to_protojson(const doc::Value& value);

}  // namespace weft::smp
