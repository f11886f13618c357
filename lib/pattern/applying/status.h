// The services of a pattern as they stand in a cluster.
#pragma once

#include <string>
#include <vector>

#include "lib/pattern/planning/plan.h"

namespace weft::pattern {

enum class Standing { ready, waiting, partial, absent };
std::string_view name_of(Standing standing);

struct ServiceStatus {
  std::size_t service = 0;
  Standing standing = Standing::ready;
  std::string detail{};  // the first object that is not there or not ready, and why
};

base::Result<std::vector<ServiceStatus>> read_status(Target& target, const Resolution& resolution,
                                                     const Graph& graph);

// Patterns that were applied.
struct Applied {
  std::string pattern;
  std::string ns;
  std::string kinds;
  std::string meshes;
};
base::Result<std::vector<Applied>> list_applied(kube::Cluster& cluster);

}  // namespace weft::pattern
