// Patterns among the files of `weft validate` become the objects they stand for.
#pragma once

#include "cmd/validate/inputs.h"

namespace weft::cmd {

// Appends the objects of each file that is a pattern, as "pattern FILE: Kind ns/name". What keeps a
// pattern from being rendered becomes an error of its file. A file stays a pattern when nothing of
// it can be rendered without --mesh.
void render_patterns(Context& context, const InputFlags& flags, std::vector<doc::Manifests>& files);

}  // namespace weft::cmd
