// The one question that a command asks before it changes something.
//
//   if (!options.yes)
//     WEFT_CHECK(confirm(context, {.question = "uninstall istio from kind-a?",
//                                  .remedy = "weft uninstall istio --yes"}));
#pragma once

#include <string>

#include "cmd/context.h"
#include "lib/base/result.h"

namespace weft::cmd {

struct Question {
  std::string question;  // in one line; "[y/N]" is added
  std::string remedy;    // the command that asks nothing
  std::string refusal = "not confirmed, nothing was changed";
};

// Asks on a terminal. Elsewhere, and for another answer than yes, an error of code unconfirmed.
base::Result<void> confirm(Context& context, const Question& question);

}  // namespace weft::cmd
