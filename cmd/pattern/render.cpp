#include <memory>
#include <ostream>

#include "cmd/output.h"
#include "cmd/pattern/input.h"
#include "cmd/pattern/pattern.h"
#include "lib/base/format.h"
#include "lib/doc/write.h"
#include "lib/pattern/convert.h"

namespace weft::cmd {
namespace {

using base::ExitCode;
using base::Result;

struct Options {
  PatternFlags input;
  std::string version;
};

Result<ExitCode> run(Context& context, const Options& options) {
  PatternFlags flags = options.input;
  if (!options.version.empty()) flags.mesh += "@" + options.version;
  WEFT_TRY(input, open_pattern(context, flags));
  const auto rendered =
      pattern::convert(input->resolution, input->graph, pattern::Dialect::manifests);
  if (!context.quiet) {
    context.err << notes_text(input->reading.notes, false, context.err_term);
    for (const auto& loss : rendered.losses) context.err << fmt::format("left out: {}\n", loss);
  }
  for (std::size_t i = 0; i < rendered.documents.size(); ++i)
    context.out << (i == 0 ? "" : "---\n") << doc::write_yaml(rendered.documents[i]);
  return ExitCode::done;
}

}  // namespace

cli::Command pattern_render_command() {
  auto options = std::make_shared<Options>();
  return {
      .name = "render",
      .summary = "Write what a pattern means for a mesh, as manifests",
      .description =
          "Types that name no mesh become the mesh's own resources, with the apiVersion that "
          "its release serves. What the mesh cannot express is an error that says what comes "
          "nearest, or with --allow-loss a warning.",
      .examples = {{"weft pattern render shop.yaml --mesh istio", ""},
                   {"weft pattern render shop.yaml --mesh gateway-api --allow-loss", ""},
                   {"weft pattern render shop.yaml --mesh istio --mesh-version 1.24",
                    "for an older release"}},
      .arguments = {cli::argument("FILE", options->input.path,
                                  "file, folder, URL, or - for standard input")},
      .flags = with_pattern_flags(
          options->input,
          {cli::flag("--mesh-version", options->version, "release of the mesh").takes("VERSION"),
           cli::flag("--namespace", options->input.ns, "namespace of what names none").as('n')}),
      .run = [options](Context& context) { return run(context, *options); }};
}

}  // namespace weft::cmd
