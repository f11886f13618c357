// Patterns (designs) of Meshery: they stand in .yaml files too, but their objects exist only once
// they are rendered, so no rule can judge them.
#pragma once

#include "lib/doc/value.h"

namespace weft::rules {

// Of either dialect: "services" by name, each with a type, or "components" of designs.meshery.io.
bool is_pattern(const doc::Value& root);

}  // namespace weft::rules
