#include <ostream>

#include "cmd/commands.h"
#include "cmd/meta/meta.h"
#include "lib/cli/help.h"
#include "lib/cli/parse.h"

namespace weft::cmd {

base::Result<base::ExitCode> show_help(Context& context, const std::vector<std::string>& path) {
  const cli::Command tree = root();
  Globals globals;
  WEFT_TRY(found, cli::find_command(tree, path));
  context.out << cli::help_text(found, global_flags(globals), context.out_term);
  return base::ExitCode::done;
}

}  // namespace weft::cmd
