#include "cmd/confirm.h"

#include <istream>
#include <ostream>

#include "lib/base/format.h"

namespace weft::cmd {

base::Result<void> confirm(Context& context, const Question& question) {
  base::Error refusal{base::ExitCode::unconfirmed, question.refusal, question.remedy};
  if (!context.err_term.tty) return refusal;
  context.err << fmt::format("{} [y/N] ", question.question);
  context.err.flush();
  std::string answer;
  std::getline(context.in, answer);
  if (answer == "y" || answer == "yes") return {};
  return refusal;
}

}  // namespace weft::cmd
