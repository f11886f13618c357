#include <memory>
#include <ostream>

#include "cmd/cluster_context.h"
#include "cmd/output.h"
#include "cmd/pattern/input.h"
#include "cmd/pattern/pattern.h"
#include "lib/base/format.h"
#include "lib/doc/write.h"
#include "lib/pattern/resolving/discovery.h"
#include "lib/pattern/writing/convert.h"

namespace weft::cmd {
namespace {

using base::ExitCode;
using base::Result;

struct Options {
  PatternFlags input;
  ClusterFlags cluster;
  std::string version;
};

// The mesh of the cluster is looked for when neither the flags nor the pattern name one.
Result<std::unique_ptr<PatternInput>> open_input(Context& context, const PatternFlags& flags,
                                                 const ClusterFlags& cluster) {
  WEFT_TRY(input, read_pattern(context, flags));
  const bool is_named = !flags.mesh.empty() && !flags.mesh.starts_with('@');
  if (is_named || !pattern::needs_mesh(input->reading.pattern, input->types)) {
    WEFT_CHECK(resolve_pattern(*input, flags, nullptr));
    return std::move(input);
  }
  auto resolved = [&]() -> Result<void> {
    WEFT_TRY(session, open_session(context, cluster, Tools::kubectl));
    return resolve_pattern(*input, flags, &session.cluster());
  }();
  if (resolved.ok()) return std::move(input);
  base::Error error = std::move(resolved).error();
  const bool is_of_cluster = error.code == ExitCode::cluster || error.code == ExitCode::tool;
  if (is_of_cluster && error.remedy.find("--mesh") == std::string::npos)
    error.remedy = "name the mesh with --mesh, or reach the cluster that has it" +
                   (error.remedy.empty() ? "" : ": " + error.remedy);
  return error;
}

Result<ExitCode> run(Context& context, const Options& options) {
  PatternFlags flags = options.input;
  if (!options.version.empty()) flags.mesh += "@" + options.version;
  if (!options.cluster.ns.empty()) flags.ns = options.cluster.ns;
  WEFT_TRY(input, open_input(context, flags, options.cluster));
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
          "its release serves. Without --mesh it is the mesh that the pattern installs, else the "
          "one found in the cluster. What the mesh cannot express is an error that says what comes "
          "nearest, or with --allow-loss a warning.",
      .examples = {{"weft pattern render shop.yaml", "for the mesh of the current cluster"},
                   {"weft pattern render shop.yaml --mesh istio", "without a cluster"},
                   {"weft pattern render shop.yaml --mesh gateway-api --allow-loss", ""},
                   {"weft pattern render shop.yaml --mesh istio --mesh-version 1.24",
                    "for an older release"}},
      .arguments = {cli::argument("FILE", options->input.path,
                                  "file, folder, URL, or - for standard input")},
      .flags = with_cluster_flags(
          options->cluster,
          with_pattern_flags(options->input,
                             {cli::flag("--mesh-version", options->version, "release of the mesh")
                                  .takes("VERSION")})),
      .run = [options](Context& context) { return run(context, *options); }};
}

}  // namespace weft::cmd
