// Which files of a folder hold manifests.
#pragma once

#include <string>
#include <vector>

#include "lib/base/result.h"

namespace weft::rules {

// Files as named; for a folder every .yaml, .yml and .json below it, sorted, except what begins
// with a dot, node_modules, and the templates of Helm charts (they are no YAML before rendering).
// "-" stays: it is standard input. A path that does not exist is an input error.
base::Result<std::vector<std::string>> manifest_files(const std::vector<std::string>& paths);

}  // namespace weft::rules
