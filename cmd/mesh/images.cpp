#include "lib/mesh/images.h"

#include <algorithm>
#include <memory>
#include <ostream>

#include "cmd/mesh/mesh.h"
#include "cmd/output.h"
#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/kube/helm.h"
#include "lib/kube/kubectl.h"
#include "lib/kube/tools.h"
#include "lib/lifecycle/setup.h"
#include "lib/term/table.h"

namespace weft::cmd {
namespace {

using base::ExitCode;
using base::Result;

struct Options {
  std::string mesh;
  std::string version, mode, profile, registry, chart_dir;
  std::vector<std::string> features, charts, set;
  bool offline = false;
  std::string helm = "helm";
  std::string kubectl = "kubectl";
};

Result<lifecycle::Order> order_of(const Context& context, const Options& options,
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
  // What only an installation needs would be in the way here.
  for (const auto& input : mesh.inputs) order.inputs[input.name] = "not-given";
  order.registry = options.registry;
  order.charts = {
      options.chart_dir, options.charts, {}, options.offline, context.env.cache_dir() + "/charts"};
  return order;
}

// Charts may refuse a Kubernetes that helm only assumes; the newest that the mesh supports fits.
std::string assumed_kubernetes(const mesh::Version& version) {
  return version.k8s.max ? version.k8s.max->text() + ".0" : std::string();
}

Result<kube::Objects> render(Context& context, const Options& options, kube::Helm& helm,
                             const lifecycle::Setup& setup) {
  kube::Objects all;
  for (const auto& step : setup.steps) {
    kube::Objects objects;
    if (step.tree.empty()) {
      WEFT_TRY(rendered, helm.render({.release = step.step->release,
                                      .ns = step.step->ns,
                                      .chart = step.chart.chart,
                                      .values = step.values,
                                      .kubernetes_version = assumed_kubernetes(setup.version)}));
      objects = std::move(rendered);
    } else {
      WEFT_TRY(program, kube::find_kubectl(context.runner, options.kubectl, &context.stop));
      kube::Kubectl kubectl(context.runner, {.program = program.path, .stop = &context.stop});
      WEFT_TRY(built, kubectl.kustomize(fmt::format("{}/{}", step.tree, step.step->path)));
      objects = std::move(built);
    }
    std::ranges::move(objects, std::back_inserter(all));
  }
  return all;
}

doc::Value document_of(const lifecycle::Setup& setup, const mesh::ImageList& list) {
  doc::Value images = doc::Value::list();
  for (const auto& image : list.images) {
    doc::Value users = doc::Value::list();
    for (const auto& user : image.users) users.push(user);
    images.push(doc::Value::map()
                    .set("image", image.name)
                    .set("indirect", image.indirect)
                    .set("users", std::move(users)));
  }
  doc::Value document;
  document.set("schema", "weft.mesh-images/v1").set("mesh", setup.mesh->id);
  return document.set("version", setup.version.version).set("images", std::move(images));
}

void print_table(Context& context, const mesh::ImageList& list) {
  term::Table table{{{"image"}, {"used by"}}};
  for (const auto& image : list.images)
    table.rows.push_back({{image.name}, {base::join(image.users, ", ")}});
  context.out << term::render(table, context.out_term);
}

Result<ExitCode> images(Context& context, const Options& options) {
  WEFT_TRY(catalog, open_catalog(context));
  WEFT_TRY(one, catalog.find(options.mesh));
  if (one->driver == mesh::Driver::external || one->driver == mesh::Driver::none)
    return mesh::select(*one, {}, {}).error();
  WEFT_TRY(order, order_of(context, options, *one));
  WEFT_TRY(program, kube::find_helm(context.runner, options.helm, &context.stop));
  kube::HelmCli helm(
      context.runner,
      {.program = program, .home = context.env.cache_dir() + "/helm", .stop = &context.stop});
  WEFT_TRY(setup, lifecycle::set_up(helm, *one, order));
  WEFT_TRY(objects, render(context, options, helm, setup));
  const auto list = mesh::images_of(*one, objects);
  if (!context.quiet)
    for (const auto& name : list.not_found)
      context.err << fmt::format("note: the charts do not say where {} comes from\n", name);
  if (is_structured(context)) return print(context, document_of(setup, list));
  if (context.output == Output::name) {
    for (const auto& image : list.images) context.out << image.name << '\n';
    return ExitCode::done;
  }
  print_table(context, list);
  return ExitCode::done;
}

}  // namespace

cli::Command mesh_images_command() {
  auto o = std::make_shared<Options>();
  return {.name = "images",
          .summary = "List the images that an installation pulls",
          .description =
              "Renders the charts, without a cluster, and lists the images of every pod "
              "specification, hook Jobs included, and those of the proxies, which stand in no pod "
              "specification but in ConfigMaps, arguments or variables of the control plane.",
          .examples = {{"weft mesh images istio --mode ambient", ""},
                       {"weft mesh images istio --version 1.29 --chart-dir charts -o name",
                        "one a line, from charts on this machine"},
                       {"weft mesh images kuma -o json", "schema weft.mesh-images/v1"}},
          .arguments =
              {cli::argument("MESH", o->mesh, "id or alias of a mesh").completes(complete_mesh)},
          .flags = {cli::flag("--version", o->version, "version of the mesh (default: the newest)")
                        .takes("V"),
                    cli::flag("--mode", o->mode, "way of running it").takes("MODE"),
                    cli::flag("--profile", o->profile, "a named choice of features").takes("NAME"),
                    cli::flag("--feature", o->features, "switch on features, separated by commas")
                        .takes("NAME,..."),
                    cli::flag("--set", o->set, "a helm value").takes("[STEP:]KEY=VALUE"),
                    cli::flag("--registry", o->registry, "as if all images came from this mirror")
                        .takes("HOST/PREFIX"),
                    cli::flag("--chart-dir", o->chart_dir,
                              "folder with charts: DIR/MESH/CHART, DIR/CHART or archives")
                        .takes("DIR")
                        .in("Charts"),
                    cli::flag("--chart", o->charts, "a chart: folder, archive or oci:// reference")
                        .takes("CHART")
                        .in("Charts"),
                    cli::flag("--offline", o->offline, "fetch nothing").in("Charts"),
                    cli::flag("--helm", o->helm, "the helm to use")
                        .takes("PATH")
                        .from_config("cluster.helm"),
                    cli::flag("--kubectl", o->kubectl, "the kubectl to use, for kustomize trees")
                        .takes("PATH")
                        .from_config("cluster.kubectl")},
          .exit_notes = {{ExitCode::tool, "helm is missing or cannot render a chart"}},
          .run = [o](Context& context) { return images(context, *o); }};
}

}  // namespace weft::cmd
