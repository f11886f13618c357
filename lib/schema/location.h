// Places where the schema of one kind is looked up: a path or URL with {group}, {version} and
// {kind}, the layout that catalogues of schemas have, and the folder of `weft schema pull`.
//
//   expand("https://example.com/{group}/{kind}_{version}.json", {"kuma.io", "v1alpha1", "Mesh"})
//   // "https://example.com/kuma.io/mesh_v1alpha1.json"
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "lib/base/result.h"
#include "lib/doc/value.h"
#include "lib/schema/schema_set.h"

namespace weft::schema {

// Definitions by kind, all versions in one file.
inline constexpr std::string_view kCacheLayout = "{group}/{kind}.json";

bool is_template(std::string_view location);

// The kind in lower case, "core" for the core group. Absent when a name is none that Kubernetes
// allows: it comes from people's files and must not lead out of the folder.
std::optional<std::string> expand(std::string_view location, const KindName& name);

// What was found there for `name`: a custom resource definition, or a JSON Schema of that kind.
base::Result<void> add_located(SchemaSet& set, const KindName& name, doc::Source source);

}  // namespace weft::schema
