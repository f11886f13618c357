#include <memory>
#include <ostream>

#include "cmd/mesh/chart_options.h"
#include "cmd/mesh/mesh.h"
#include "cmd/output.h"
#include "lib/base/format.h"
#include "lib/doc/write.h"

namespace weft::cmd {
namespace {

using base::ExitCode;
using base::Result;

struct Options {
  ChartOptions charts;
  std::string folder;
};

void note_inputs(Context& context, const mesh::Mesh& mesh) {
  if (context.quiet) return;
  for (const auto& input : mesh.inputs)
    if (!input.value.empty())
      context.err << fmt::format("note: write your own for <{}> in the values of {}: {}\n",
                                 input.name, input.step, input.help);
}

Result<ExitCode> export_mesh(Context& context, const Options& options) {
  WEFT_TRY(catalog, open_catalog(context));
  WEFT_TRY(one, find_installable(catalog, options.charts.mesh));
  WEFT_TRY(helm, open_helm(context, options.charts));
  WEFT_TRY(setup, set_up(context, helm, options.charts, *one));
  WEFT_TRY(bundle, lifecycle::bundle_of(helm, kustomize_with(context, options.charts), setup));
  note_missing_images(context, bundle.images);
  note_inputs(context, *one);
  if (options.folder.empty()) {
    if (is_structured(context)) return print(context, to_document(bundle));
    context.out << doc::write_yaml(to_document(bundle));
    return ExitCode::done;
  }
  WEFT_TRY(file, catalog.document(one->id));
  WEFT_TRY(paths, lifecycle::write_bundle(bundle, file, options.folder));
  if (is_structured(context)) return print(context, to_document(bundle));
  for (const auto& path : paths) context.out << fmt::format("{}/{}\n", options.folder, path);
  return ExitCode::done;
}

}  // namespace

cli::Command mesh_export_command() {
  auto o = std::make_shared<Options>();
  auto flags = chart_flags(o->charts);
  flags.insert(
      flags.begin(),
      cli::flag("--to", o->folder, "write files into this folder, new or empty").takes("DIR"));
  return {.name = "export",
          .summary = "Write down what an installation is: steps, values, images, charts",
          .description =
              "Without a cluster, and without doing anything: the steps in their order with their "
              "charts and values, and the images they pull. With --to, a folder of files to "
              "install from on another network (weft install MESH --chart-dir DIR/charts), to "
              "mirror images from, or to keep under version control: the charts, the values of "
              "each, what they render, the images, and the file of the catalogue. A kustomize "
              "tree is rendered, not copied.",
          .examples = {{"weft mesh export istio --mode ambient", "as YAML"},
                       {"weft mesh export istio --version 1.29 --to istio-1.29", "as files"},
                       {"weft mesh export kuma -o json", "schema weft.mesh-export/v1"}},
          .arguments = {cli::argument("MESH", o->charts.mesh, "id or alias of a mesh")
                            .completes(complete_mesh)},
          .flags = std::move(flags),
          .exit_notes = {{ExitCode::tool, "helm is missing or cannot render a chart"}},
          .run = [o](Context& context) { return export_mesh(context, *o); }};
}

}  // namespace weft::cmd
