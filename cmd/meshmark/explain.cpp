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

using term::Align;

constexpr std::size_t kShown = 3;

// What a tenth less means for each kind of MUE.
std::string_view tenth(smp::MueKind kind) {
  switch (kind) {
    case smp::MueKind::headroom:
      return "10 % less used";
    case smp::MueKind::share:
      return "10 % less used by the mesh";
    case smp::MueKind::lower_better:
      return "10 % faster";
    case smp::MueKind::higher_better:
      return "10 % less missing to the reference";
    case smp::MueKind::ratio:
      return "10 % closer to 1";
  }
  return "";
}

term::Table mue_table(const smp::MeshMark& mark) {
  term::Table table{.columns = {{"class"},
                                {"mue"},
                                {"value", Align::right},
                                {"weight", Align::right},
                                {"points", Align::right},
                                {"lost", Align::right},
                                {"from"}}};
  for (const auto& group : mark.classes) {
    for (const auto& scored : group.mues)
      table.rows.push_back({{group.name},
                            {scored.mue.id},
                            {fmt::format("{:.3f}", scored.value)},
                            {fmt::format("{:+.0f}%", 100 * scored.mue.weight)},
                            {fmt::format("{:.1f}", scored.points)},
                            {fmt::format("{:.1f}", scored.lost)},
                            {mue_inputs(scored.mue)}});
    for (const auto& id : group.missing)
      table.rows.push_back({{group.name}, {id}, {"-"}, {"-"}, {"-"}, {"-"}, {"no data"}});
  }
  return table;
}

std::string ranking(const smp::MeshMark& mark) {
  std::string text = "\nLowers the score most:\n";
  const auto losses = by_loss(mark);
  for (std::size_t i = 0; i < losses.size() && i < kShown; ++i)
    text += fmt::format("  {:.1f} points  {} {}: {}\n", losses[i].mue.lost, losses[i].class_name,
                        losses[i].mue.mue.id, mue_inputs(losses[i].mue.mue));
  if (losses.empty()) text += "  nothing: every MUE is 1\n";
  const auto gains = by_gain(mark);
  if (gains.empty()) return text;
  text += "\nWould raise it most:\n";
  for (std::size_t i = 0; i < gains.size() && i < kShown; ++i)
    text += fmt::format("  +{:.2f} points  {} {}: {}\n", gains[i].mue.gain, gains[i].class_name,
                        gains[i].mue.mue.id, tenth(gains[i].mue.mue.kind));
  return text;
}

base::Result<base::ExitCode> run(Context& context, const MeshMarkOptions& options) {
  WEFT_TRY(mark, meshmark_of(context, options));
  if (is_structured(context)) return print(context, smp::meshmark_to_json(mark));
  context.out << meshmark_headline(mark)
              << "Each value is the part, from 0 to 1, that the mesh leaves to the applications.\n"
                 "Classes count alike; within one, a weight tilts a MUE. Points and losses add up "
                 "to 100.\n\n"
              << meshmark_details(mark, context.out_term);
  context.out << fmt::format(
      "\nFor the record: the published index word for word is {:.1f} (-50 to 50), the MUE total "
      "{:.2f} (1 is fully used).\n",
      mark.literal, mark.mue_total);
  return base::ExitCode::done;
}

}  // namespace

std::string meshmark_details(const smp::MeshMark& mark, const term::Terminal& terminal) {
  return render(mue_table(mark), terminal) + ranking(mark);
}

cli::Command meshmark_explain_command() {
  auto options = std::make_shared<MeshMarkOptions>();
  return {.name = "explain",
          .summary = "Show what a MeshMark is made of and what would raise it",
          .examples = {{"weft meshmark explain mark.yaml", "from a document that lists MUEs"},
                       {"weft meshmark explain latest --baseline no-mesh --resources use.yaml "
                        "--weight p99=+50%",
                        "the newest result, with the tail counting more"}},
          .arguments = meshmark_arguments(*options),
          .flags = meshmark_flags(*options),
          .run = [options](Context& context) { return run(context, *options); }};
}

}  // namespace weft::cmd
