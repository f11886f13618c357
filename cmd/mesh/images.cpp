#include <memory>
#include <ostream>

#include "cmd/mesh/chart_options.h"
#include "cmd/mesh/mesh.h"
#include "cmd/output.h"
#include "lib/base/text.h"
#include "lib/term/table.h"

namespace weft::cmd {
namespace {

using base::ExitCode;
using base::Result;

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

Result<ExitCode> images(Context& context, const ChartOptions& options) {
  WEFT_TRY(catalog, open_catalog(context));
  WEFT_TRY(one, find_installable(catalog, options.mesh));
  WEFT_TRY(helm, open_helm(context, options));
  WEFT_TRY(setup, set_up(context, helm, options, *one));
  WEFT_TRY(bundle, lifecycle::bundle_of(helm, kustomize_with(context, options), setup));
  const auto& list = bundle.images;
  note_missing_images(context, list);
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
  auto o = std::make_shared<ChartOptions>();
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
          .flags = chart_flags(*o),
          .exit_notes = {{ExitCode::tool, "helm is missing or cannot render a chart"}},
          .run = [o](Context& context) { return images(context, *o); }};
}

}  // namespace weft::cmd
