// kubectl and helm of this machine: found and asked for their versions once.
//
//   WEFT_TRY(tools, kube::find_tools(runner, {.helm = flags.helm}, stop));
//   for (const auto& warning : kube::version_warnings(tools, server)) note(warning);
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lib/base/result.h"
#include "lib/kube/version.h"
#include "lib/proc/runner.h"

namespace weft::kube {

struct Program {
  std::string path;  // or a name to be found on the PATH
  Version version;
};

// A missing program, one too old (lib/proc/tools.h has the minimum) or one that does not say its
// version is a tool error with the remedy. `program` is a name or a path.
base::Result<Program> find_kubectl(proc::Runner& runner, const std::string& program,
                                   const base::StopFlag* stop);
base::Result<Program> find_helm(proc::Runner& runner, const std::string& program,
                                const base::StopFlag* stop);

// What works, but less well than it could: kubectl more than one minor away from the server, helm
// before 3.17.
std::vector<std::string> version_warnings(const std::optional<Program>& kubectl,
                                          const std::optional<Program>& helm,
                                          const std::optional<Version>& server);

}  // namespace weft::kube
