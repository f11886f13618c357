// The schemas that objects are judged by, besides those in the input and the ones compiled in:
// what `weft schema pull` has stored, folders, and catalogues by path or URL.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "cmd/context.h"
#include "lib/schema/schema_set.h"

namespace weft::cmd {

// Where `weft schema pull` puts definitions.
std::string schema_cache(const Context& context);

// `kinds` are those of the input: of a catalogue no others are read. Later locations win.
base::Result<schema::SchemaSet> read_schemas(Context& context,
                                             const std::vector<std::string>& locations,
                                             const std::set<schema::KindName>& kinds);

}  // namespace weft::cmd
