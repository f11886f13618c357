// The one question that a command asks before it changes something.
//
//   if (!options.yes) WEFT_CHECK(confirm(context, "uninstall istio from kind-a?"));
#pragma once

#include <string>

#include "cmd/context.h"
#include "lib/base/result.h"

namespace weft::cmd {

// Asks on a terminal ("[y/N]" is added). Elsewhere, and for another answer than yes, an error of
// code unconfirmed whose remedy is the command's --yes.
base::Result<void> confirm(Context& context, const std::string& question);

}  // namespace weft::cmd
