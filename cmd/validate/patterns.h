// Patterns among the files of `weft validate` become the objects they stand for.
#pragma once

#include "cmd/validate/inputs.h"

namespace weft::cmd {

bool is_pattern(const doc::Manifests& file);

// In place of the pattern in `file` puts the objects that it stands for; each value of them stands
// where the pattern says it, or else where its service does. What keeps a pattern from being
// rendered becomes an error of the file. It stays a pattern when nothing of it can be rendered
// without --mesh.
void render_pattern(Context& context, const InputFlags& flags, doc::Manifests& file);

}  // namespace weft::cmd
