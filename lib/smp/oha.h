// oha's JSON (hatoo/oha:src/printer.rs, schema.json): seconds throughout. A null stands wherever
// the value was not a number.
#pragma once

#include "lib/base/result.h"
#include "lib/doc/value.h"
#include "lib/smp/run.h"

namespace weft::smp {

bool is_oha(const doc::Value& root);
base::Result<Run> read_oha(const doc::Document& document);

}  // namespace weft::smp
