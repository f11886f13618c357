// The part of a spec that says what is asked, of whom, and by which way: URL, list of targets,
// values, proxy, TLS.
#pragma once

#include "lib/perf/spec.h"

namespace weft::perf {

// Fills in the target of the plan and the kinds of requests. Usage and input errors.
base::Result<void> set_target(const Spec& spec, load::Plan& plan);

// Variables of the environment that values stand for, for workers on other machines.
using Variables = std::map<std::string, std::string>;
base::Result<Variables> variables_of(const Spec& spec);

}  // namespace weft::perf
