// The intents that objects of a mesh express, found by reading the rows of the tables backwards.
#pragma once

#include <string>
#include <vector>

#include "lib/compile/compile.h"
#include "lib/compile/pieces.h"

namespace weft::compile {

// As that version of the mesh understands the objects, which must outlive the call.
std::vector<Intent> read_intents(const MeshTable& mesh, const std::vector<Piece>& pieces,
                                 const std::string& version);

}  // namespace weft::compile
