#include "cmd/confirm.h"

#include <istream>
#include <ostream>

#include "lib/base/format.h"

namespace weft::cmd {

base::Result<void> confirm(Context& context, const std::string& question) {
  base::Error refusal{base::ExitCode::unconfirmed, "not confirmed, nothing was changed",
                      "the same command with --yes"};
  if (!context.err_term.tty) return refusal;
  context.err << fmt::format("{} [y/N] ", question);
  context.err.flush();
  std::string answer;
  std::getline(context.in, answer);
  if (answer == "y" || answer == "yes") return {};
  return refusal;
}

}  // namespace weft::cmd
