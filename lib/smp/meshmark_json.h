// A MeshMark as a document for programs, schema weft.meshmark/v1: figures in full precision.
#pragma once

#include "lib/doc/value.h"
#include "lib/smp/meshmark.h"

namespace weft::smp {

doc::Value meshmark_to_json(const MeshMark& mark);

}  // namespace weft::smp
