#include <memory>
#include <ostream>

#include "cmd/output.h"
#include "cmd/pattern/input.h"
#include "cmd/pattern/pattern.h"
#include "lib/pattern/writing/draw.h"

namespace weft::cmd {
namespace {

using base::ExitCode;
using base::Result;

struct Options {
  PatternFlags input;
  std::string format = "tree";
};

doc::Value document_of(const PatternInput& input) {
  doc::Value edges = doc::Value::list(), levels = doc::Value::list(), out;
  const auto key = [&input](std::size_t i) { return input.resolution.parts[i].service->key; };
  for (std::size_t i = 0; i < input.graph.needs.size(); ++i)
    for (const pattern::Edge& edge : input.graph.needs[i]) {
      doc::Value one;
      one.set("service", key(i)).set("needs", key(edge.needs)).set("why", name_of(edge.why));
      edges.push(std::move(one));
    }
  for (const auto& level : input.graph.levels) {
    doc::Value keys = doc::Value::list();
    for (std::size_t i : level) keys.push(key(i));
    levels.push(std::move(keys));
  }
  out.set("schema", "weft.pattern-graph/v1")
      .set("name", input.reading.pattern.name)
      .set("levels", std::move(levels))
      .set("edges", std::move(edges));
  return out;
}

Result<ExitCode> run(Context& context, const Options& options) {
  WEFT_TRY(input, open_pattern(context, options.input));
  if (is_structured(context)) return print(context, document_of(*input));
  const auto draw = options.format == "dot"       ? pattern::draw_dot
                    : options.format == "mermaid" ? pattern::draw_mermaid
                    : options.format == "svg"     ? pattern::draw_svg
                                                  : pattern::draw_tree;
  context.out << draw(input->resolution, input->graph);
  return ExitCode::done;
}

}  // namespace

cli::Command pattern_graph_command() {
  auto options = std::make_shared<Options>();
  options->input.check_only = true;
  return {
      .name = "graph",
      .summary = "Show which service needs which",
      .examples = {{"weft pattern graph shop.yaml", "as a tree"},
                   {"weft pattern graph shop.yaml --format svg > shop.svg", "as a drawing"}},
      .arguments = {cli::argument("FILE", options->input.path,
                                  "file, folder, URL, or - for standard input")},
      .flags = with_pattern_flags(
          options->input,
          {cli::flag("--format", options->format, "how to draw it")
               .one_of({"tree", "dot", "mermaid", "svg"}),
           cli::flag("--namespace", options->input.ns, "namespace of what names none").as('n')}),
      .run = [options](Context& context) { return run(context, *options); }};
}

}  // namespace weft::cmd
