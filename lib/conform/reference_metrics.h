// TrafficMetrics of the SMI, as an API server beside Kubernetes' own would answer, from what the
// proxies of the reference mesh have let in.
//
//   auto answer = metrics_answer(mesh, "/apis/metrics.smi-spec.io", requests);
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "lib/conform/reference_mesh.h"

namespace weft::conform {

struct ServedRequest {
  std::string source;  // the application that sent it; empty: none of the mesh
  std::string target;
  int status = 0;
  double seconds = 0;
};

// Lines of a proxy's access log, "10.77.0.2 200 0.001"; what is no such line is passed over.
std::vector<ServedRequest> read_access_log(const ReferenceMesh& mesh, const std::string& target,
                                           std::string_view lines);

// The answer to a GET; absent where there is nothing.
std::optional<doc::Value> metrics_answer(const ReferenceMesh& mesh, std::string_view path,
                                         std::span<const ServedRequest> requests);

}  // namespace weft::conform
