// Versions of one service, told apart by the label "version". Where a mesh has no subsets, each
// version needs a Service of its own.
#pragma once

#include "lib/compile/compile.h"
#include "lib/compile/tables.h"

namespace weft::compile {

// Completes `backends` of the settings: a backend without a service is the intent's own. Where the
// variant takes no versions they become services "<service>-<version>"; returns those Services.
std::vector<doc::Value> separate_versions(const Variant& variant, const Intent& intent,
                                          doc::Value& settings, std::vector<std::string>& notes);

}  // namespace weft::compile
