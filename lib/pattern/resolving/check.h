// The settings of services against the schemas of their kinds: unknown names with what was meant,
// wrong types, values out of range. Kinds without a schema are not judged.
#pragma once

#include "lib/pattern/resolving/resolve.h"
#include "lib/schema/schema_set.h"

namespace weft::pattern {

void check_settings(const Resolution& resolution, const schema::SchemaSet& schemas, Notes& notes);

}  // namespace weft::pattern
