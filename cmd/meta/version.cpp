#include <ostream>

#include "cmd/meta/meta.h"
#include "cmd/output.h"
#include "lib/base/format.h"
#include "lib/base/version.h"

namespace weft::cmd {

base::ExitCode print_version(Context& context) {
  const auto& build = base::build_info();
  if (!is_structured(context)) {
    context.out << fmt::format("weft {} ({}, {}, {})\n", build.version, build.commit,
                               build.compiler, build.linkage);
    return base::ExitCode::done;
  }
  doc::Value value;
  value.set("schema", "weft.version/v1")
      .set("version", build.version)
      .set("commit", build.commit)
      .set("compiler", build.compiler)
      .set("linkage", build.linkage);
  return print(context, value);
}

cli::Command version_command() {
  return {.name = "version",
          .summary = "Print the version of this build",
          .examples = {{"weft version", ""},
                       {"weft version -o json", "schema weft.version/v1, for programs"}},
          .heading = "About weft",
          .without_files = true,
          .run = [](Context& context) { return print_version(context); }};
}

}  // namespace weft::cmd
