#include <algorithm>
#include <memory>
#include <ostream>

#include "cmd/mesh/mesh.h"
#include "cmd/operations/check_text.h"
#include "cmd/operations/look.h"
#include "cmd/operations/operations.h"
#include "cmd/output.h"
#include "lib/base/text.h"
#include "lib/mesh/check_live.h"
#include "lib/mesh/check_output.h"
#include "lib/mesh/platform.h"
#include "lib/mesh/preflight.h"
#include "lib/mesh/rights.h"

namespace weft::cmd {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;

struct Options {
  std::string mesh;
  ClusterFlags cluster;
  bool pre = false;
  bool proxy = false;
  std::string version;
  std::string mode;
  std::vector<std::string> features;
  std::vector<std::string> ignore;
  std::string format = "text";
};

std::vector<std::string> release_namespaces(const mesh::Selection& selection) {
  std::vector<std::string> out;
  for (const auto& step : selection.steps)
    if (std::ranges::find(out, step.step->ns) == out.end()) out.push_back(step.step->ns);
  return out;
}

Result<std::vector<const mesh::Mesh*>> other_meshes(const Look& look,
                                                    const mesh::Snapshot& snapshot,
                                                    std::string& installed) {
  WEFT_TRY(findings, mesh::detect(look.catalog,
                                  {snapshot.workloads, snapshot.webhooks, snapshot.namespaces}));
  std::vector<const mesh::Mesh*> others;
  for (const auto& finding : findings) {
    if (finding.evidence == mesh::Evidence::name) continue;
    if (finding.mesh == look.mesh) {
      installed = finding.version;
      continue;
    }
    WEFT_TRY(other, look.catalog.find(finding.mesh));
    others.push_back(other);
  }
  return others;
}

Result<mesh::CheckReport> before_install(Context& context, const Options& options, Look& look) {
  WEFT_TRY(mesh, look.catalog.find(look.mesh));
  WEFT_TRY(version, mesh::resolve(*mesh, options.version));
  auto parts = mesh::preflight_parts();
  parts.insert(mesh::Part::workloads);
  WEFT_TRY(snapshot, mesh::read_snapshot(look.session.cluster(), look.helm, parts));
  mesh::Request request{.mode = options.mode, .features = options.features};
  mesh::add_automatic(*mesh, mesh::traits_of(snapshot), request);
  WEFT_TRY(selection, mesh::select(*mesh, version, request));
  std::string installed;
  WEFT_TRY(others, other_meshes(look, snapshot, installed));
  auto report = mesh::preflight({.mesh = *mesh,
                                 .version = version,
                                 .selection = selection,
                                 .others = others,
                                 .now = context.clock.wall(),
                                 .installed = installed},
                                snapshot);
  mesh::ToolVersions tools{.kubectl = look.session.kubectl_program().version};
  if (look.helm != nullptr) tools.helm = look.session.helm_program().version;
  mesh::check_tools(tools, snapshot, report);
  const auto rights =
      mesh::needed_rights({}, release_namespaces(selection), mesh::Purpose::install);
  WEFT_CHECK(mesh::check_rights(look.session.cluster(), rights, snapshot.may_everything, report));
  report.sort();
  return report;
}

Result<mesh::CheckReport> while_running(Context& context, const Options& options, Look& look) {
  WEFT_TRY(status, take_status(context, look));
  return mesh::check_live(look.catalog, status, look.mesh,
                          options.proxy ? mesh::Scope::data_plane : mesh::Scope::everything,
                          context.clock.wall());
}

void show(Context& context, const Options& options, const mesh::CheckReport& report) {
  if (is_structured(context)) {
    print(context, mesh::to_document(report));
  } else if (options.format == "junit") {
    context.out << mesh::to_junit(report);
  } else if (options.format == "short") {
    context.out << mesh::to_short(report);
  } else {
    context.out << check_text(report, context.out_term, !context.quiet) << '\n'
                << check_summary(report) << '\n';
  }
}

Result<ExitCode> run(Context& context, const Options& options) {
  if (options.pre && options.proxy)
    return Error{ExitCode::usage, "--pre and --proxy exclude each other",
                 "--pre is for before the installation, --proxy for a mesh that runs"};
  if (options.pre && options.mesh.empty())
    return Error{ExitCode::usage, "--pre needs the mesh that is to be installed",
                 "weft check --pre istio"};
  std::vector<std::string> ignored;
  for (const auto& list : options.ignore)
    for (const auto id : base::split(list, ',')) ignored.emplace_back(id);
  WEFT_CHECK(mesh::known_checks(ignored));
  if (options.pre) {
    WEFT_TRY(catalog, open_catalog(context));
    WEFT_TRY(wanted, catalog.find(options.mesh));
    WEFT_CHECK(mesh::check_installable(*wanted));
  }
  WEFT_TRY(look, open_look(context, options.cluster, options.mesh));
  auto report =
      options.pre ? before_install(context, options, look) : while_running(context, options, look);
  if (!report) return std::move(report).error();
  report->ignore(ignored);
  show(context, options, *report);
  return report->count().fail > 0 ? ExitCode::no : ExitCode::done;
}

}  // namespace

cli::Command check_command() {
  auto options = std::make_shared<Options>();
  return {.name = "check",
          .summary = "Look for what is wrong, before or after a mesh is installed",
          .description =
              "Without --pre, looks at the meshes that run: components, certificates, proxies, and "
              "the admission webhooks of the whole cluster. With --pre, at whether a mesh could be "
              "installed. Every check has an id that never changes; nothing in the cluster is "
              "changed.",
          .examples = {{"weft check", "every mesh of the cluster"},
                       {"weft check istio --proxy", "the data plane of one"},
                       {"weft check --pre linkerd", "would it install?"},
                       {"weft check --format junit", "for CI"}},
          .arguments = {cli::argument("MESH", options->mesh, "only this mesh")
                            .completes(complete_mesh)
                            .optional()},
          .flags = with_cluster_flags(
              options->cluster,
              {cli::flag("--pre", options->pre, "whether MESH could be installed here"),
               cli::flag("--proxy", options->proxy, "the data plane only"),
               cli::flag("--version", options->version, "with --pre: the version to install")
                   .takes("V"),
               cli::flag("--mode", options->mode, "with --pre: the mode to install").takes("MODE"),
               cli::flag("--feature", options->features, "with --pre: a feature to install")
                   .takes("NAME"),
               cli::flag("--ignore", options->ignore, "ids of checks whose failures do not count")
                   .takes("ID,ID"),
               cli::flag("--format", options->format, "how to print it, where not -o json")
                   .one_of({"text", "short", "junit"})}),
          .exit_notes = {{ExitCode::no, "a check failed"}},
          .heading = "Meshes",
          .run = [options](Context& context) { return run(context, *options); }};
}

}  // namespace weft::cmd
