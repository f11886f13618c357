// The short notation of the schemas that are compiled in (kinds/*.yaml), made into what
// Schema::compile() reads. A text is a type, a list of one is a list of that, a map is an object.
//
//   host!: string 1..253            required; 1 to 253 characters (of an int: its value)
//   mode: STRICT | PERMISSIVE       one of these texts; "= Word" is only that one
//   port: int | string              either
//   labels: {'*': string}           any name
//   servers: [Server]               a list of a type named under types:
//   only one of: simple consistentHash        also: exactly one of, at least one of
//   unique by: name                 the list that this is an item of is a map by these fields
//   ...: true                       other fields are fine
//
// Other types: int number bool port duration time map any.
#pragma once

#include "lib/base/result.h"
#include "lib/doc/value.h"

namespace weft::schema {

base::Result<doc::Value> expand_notation(const doc::Value& notation);

}  // namespace weft::schema
