#include <memory>
#include <ostream>

#include "cmd/mesh/mesh.h"
#include "cmd/mesh/sections.h"
#include "cmd/output.h"
#include "lib/base/clock.h"
#include "lib/base/format.h"
#include "lib/base/text.h"

namespace weft::cmd {
namespace {

using mesh::Mesh;

struct Options {
  std::string mesh;
};

std::string head_of(const Mesh& one, const term::Terminal& terminal) {
  std::string text =
      fmt::format("{} ({}), {}\n", term::paint(terminal, term::Style::bold, one.name), one.id,
                  status_text(one.status));
  if (!one.summary.empty()) text += one.summary + "\n";
  if (!one.status.note.empty()) text += one.status.note + "\n";
  auto successors = one.status.replaced_by;
  if (!one.status.successor.empty()) successors.push_back(one.status.successor);
  if (!successors.empty()) text += "successor: " + base::join(successors, ", ") + "\n";
  if (!one.aliases.empty()) text += "also called: " + base::join(one.aliases, ", ") + "\n";
  if (one.driver == mesh::Driver::external) {
    text += "\nweft does not install it: " + one.external.reason + "\n";
    for (const auto& next : one.external.next) text += "  try: " + next + "\n";
  }
  return text;
}

base::Result<base::ExitCode> show(Context& context, const Options& options) {
  WEFT_TRY(catalog, open_catalog(context));
  WEFT_TRY(one, catalog.find(options.mesh));
  if (context.output == Output::name) {
    context.out << one->id << '\n';
    return base::ExitCode::done;
  }
  if (is_structured(context)) {
    WEFT_TRY(document, catalog.document(one->id));
    return print(context, document);
  }
  const auto today = base::format_rfc3339(context.clock.wall()).substr(0, 10);
  const auto& terminal = context.out_term;
  context.out << head_of(*one, terminal) << versions_section(*one, today, terminal)
              << choices_section(*one, terminal) << steps_section(*one, terminal)
              << joining_section(*one, terminal) << needs_section(*one, terminal)
              << upgrade_section(*one, terminal) << removal_section(*one, terminal);
  return base::ExitCode::done;
}

}  // namespace

cli::Command mesh_show_command() {
  auto options = std::make_shared<Options>();
  return {.name = "show",
          .summary = "Show what the catalogue knows about a mesh",
          .description =
              "Status, versions with their support, modes, features, steps, how to join, what it "
              "needs, upgrade rules and what a removal leaves. With -o yaml the catalogue file "
              "itself, as a start for one of your own.",
          .examples = {{"weft mesh show istio", ""},
                       {"weft mesh show linkerd -o yaml", "the catalogue file, weft.mesh/v1"}},
          .arguments = {cli::argument("MESH", options->mesh, "id or alias of a mesh")
                            .completes(complete_mesh)},
          .run = [options](Context& context) { return show(context, *options); }};
}

}  // namespace weft::cmd
