#include <memory>
#include <ostream>

#include "cmd/meshmark/meshmark.h"
#include "cmd/output.h"
#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/smp/meshmark_json.h"
#include "lib/term/table.h"

namespace weft::cmd {
namespace {

base::Result<base::ExitCode> run(Context& context, const MeshMarkOptions& options) {
  WEFT_TRY(mark, meshmark_of(context, options));
  if (is_structured(context)) return print(context, smp::meshmark_to_json(mark));
  context.out << meshmark_headline(mark);
  term::Table table{.columns = {{"class"}, {"score", term::Align::right}, {"mues"}}, .indent = 2};
  for (const auto& group : mark.classes) {
    std::vector<std::string> ids;
    for (const auto& scored : group.mues) ids.push_back(scored.mue.id);
    table.rows.push_back(
        {{group.name}, {fmt::format("{:.1f}", 100 * group.value)}, {base::join(ids, ", ")}});
  }
  context.out << render(table, context.out_term);
  return base::ExitCode::done;
}

}  // namespace

cli::Command meshmark_score_command() {
  auto options = std::make_shared<MeshMarkOptions>();
  return {.name = "score",
          .summary = "Compute the MeshMark of a result or of a document",
          .examples = {{"weft meshmark score mark.yaml", "from a document that lists MUEs"},
                       {"weft meshmark score latest --baseline no-mesh --resources use.yaml",
                        "the newest result against one without the mesh"},
                       {"weft meshmark score latest --partial -o json",
                        "throughput alone, for programs"}},
          .arguments = meshmark_arguments(*options),
          .flags = meshmark_flags(*options),
          .exit_notes = {{base::ExitCode::input, "an input means nothing, or a class has no data"}},
          .run = [options](Context& context) { return run(context, *options); }};
}

}  // namespace weft::cmd
