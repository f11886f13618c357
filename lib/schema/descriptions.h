// Definitions without their prose, which is most of them and which nothing here reads.
#pragma once

#include "lib/doc/value.h"

namespace weft::schema {

doc::Value without_descriptions(const doc::Value& schema);

}  // namespace weft::schema
