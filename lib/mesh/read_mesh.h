// A catalogue file into a Mesh. Every mistake is an input error at its place: an unknown key, a
// feature that names a step which does not exist, a range of Kubernetes that cannot be read.
//
//   WEFT_TRY(document, doc::read(doc::Source("istio.yaml", text)));
//   WEFT_TRY(mesh, read_mesh(document));
//
// The keys are those of mesh.h in camelCase; catalog/README.md lists them.
#pragma once

#include "lib/base/result.h"
#include "lib/doc/value.h"
#include "lib/mesh/mesh.h"

namespace weft::mesh {

base::Result<Mesh> read_mesh(const doc::Document& document);

// id, name, summary, kind, aliases, status, driver, versions; other keys are ignored.
base::Result<Mesh> read_head(const doc::Document& document, const doc::Value& map);

}  // namespace weft::mesh
