// Schemas from files: custom resource definitions wherever they are, and JSON Schema files in the
// layout of the usual catalogues: GROUP/kind_version.json, or any name when the schema itself says
// which kind it is for (x-kubernetes-group-version-kind).
#pragma once

#include <string>
#include <vector>

#include "lib/base/result.h"
#include "lib/doc/read.h"
#include "lib/schema/schema_set.h"

namespace weft::schema {

// Every definition among the documents, also inside lists. Returns how many there were; what is
// wrong with one of them goes to `problems`.
std::size_t add_definitions(SchemaSet& set, const doc::Manifests& manifests,
                            std::vector<std::string>& problems);

// A file, or all .yaml, .yml and .json files below a folder.
base::Result<std::size_t> add_path(SchemaSet& set, const std::string& path,
                                   std::vector<std::string>& problems);

}  // namespace weft::schema
