#include "cmd/mesh/chart_options.h"

#include <ostream>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/kube/kubectl.h"
#include "lib/kube/tools.h"

namespace weft::cmd {

using base::Result;

Result<const mesh::Mesh*> find_installable(const mesh::Catalog& catalog, const std::string& id) {
  WEFT_TRY(found, catalog.find(id));
  WEFT_CHECK(mesh::check_installable(*found));
  return found;
}

Result<lifecycle::Setup> set_up(Context& context, kube::Helm& helm, const ChartOptions& options,
                                const mesh::Mesh& mesh) {
  lifecycle::Order order;
  order.version = options.version;
  order.request = {options.mode, options.profile, {}};
  for (const auto& list : options.features)
    for (const auto name : base::split(list, ',')) order.request.features.emplace_back(name);
  for (const auto& text : options.set) {
    WEFT_TRY(given, lifecycle::parse_given(mesh, text));
    order.values.push_back(std::move(given));
  }
  for (const auto& input : mesh.inputs) order.inputs[input.name] = fmt::format("<{}>", input.name);
  order.registry = options.registry;
  order.charts = {
      options.chart_dir, options.charts, {}, options.offline, context.env.cache_dir() + "/charts"};
  return lifecycle::set_up(helm, mesh, order);
}

Result<kube::HelmCli> open_helm(Context& context, const ChartOptions& options) {
  WEFT_TRY(program, kube::find_helm(context.runner, options.helm, &context.stop));
  return kube::HelmCli(context.runner, {.program = std::move(program),
                                        .home = context.env.cache_dir() + "/helm",
                                        .stop = &context.stop});
}

lifecycle::Kustomize kustomize_with(Context& context, const ChartOptions& options) {
  return [&context, &options](const std::string& folder) -> Result<kube::Objects> {
    WEFT_TRY(program, kube::find_kubectl(context.runner, options.kubectl, &context.stop));
    kube::Kubectl kubectl(context.runner, {.program = program.path, .stop = &context.stop});
    return kubectl.kustomize(folder);
  };
}

void note_missing_images(Context& context, const mesh::ImageList& images) {
  if (context.quiet) return;
  for (const auto& name : images.not_found)
    context.err << fmt::format("note: the charts do not say where {} comes from\n", name);
}

std::vector<cli::Flag> chart_flags(ChartOptions& o) {
  return {cli::flag("--version", o.version, "version of the mesh (default: the newest)").takes("V"),
          cli::flag("--mode", o.mode, "way of running it").takes("MODE"),
          cli::flag("--profile", o.profile, "a named choice of features").takes("NAME"),
          cli::flag("--feature", o.features, "switch on features, separated by commas")
              .takes("NAME,..."),
          cli::flag("--set", o.set, "a helm value").takes("[STEP:]KEY=VALUE"),
          cli::flag("--registry", o.registry, "as if all images came from this mirror")
              .takes("HOST/PREFIX"),
          cli::flag("--chart-dir", o.chart_dir,
                    "folder with charts: DIR/MESH/CHART, DIR/CHART or archives")
              .takes("DIR")
              .in("Charts"),
          cli::flag("--chart", o.charts, "a chart: folder, archive or oci:// reference")
              .takes("CHART")
              .in("Charts"),
          cli::flag("--offline", o.offline, "fetch nothing").in("Charts"),
          cli::flag("--helm", o.helm, "the helm to use").takes("PATH").from_config("cluster.helm"),
          cli::flag("--kubectl", o.kubectl, "the kubectl to use, for kustomize trees")
              .takes("PATH")
              .from_config("cluster.kubectl")};
}

}  // namespace weft::cmd
