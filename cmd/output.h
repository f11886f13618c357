// Results for programs: what a command prints under -o json and -o yaml.
//
//   if (cmd::is_structured(context)) return cmd::print(context, to_document(run));
#pragma once

#include "cmd/context.h"
#include "lib/base/exit_code.h"
#include "lib/doc/value.h"

namespace weft::cmd {

bool is_structured(const Context& context);  // -o json or -o yaml

// Prints the document on standard output in the format asked for; JSON where none was. The first
// key is "schema": "weft.<thing>/v1". Returns `done`.
base::ExitCode print(Context& context, const doc::Value& document);

}  // namespace weft::cmd
