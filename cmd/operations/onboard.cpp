#include <memory>
#include <ostream>

#include "cmd/cluster_context.h"
#include "cmd/confirm.h"
#include "cmd/mesh/mesh.h"
#include "cmd/operations/operations.h"
#include "cmd/output.h"
#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/mesh/onboarding.h"

namespace weft::cmd {
namespace {

using base::ExitCode;
using base::Result;
using mesh::Direction;

struct Options {
  std::string mesh;
  std::vector<std::string> namespaces;
  ClusterFlags cluster;
  std::string mode;
  std::string revision;
  bool no_restart = false;
  bool dry_run = false;
  bool yes = false;
};

std::string_view name_of(Direction direction) {
  return direction == Direction::join ? "onboard" : "offboard";
}

void append_changes(std::string& out, std::string_view what,
                    const kube::Cluster::Changes& changes) {
  for (const auto& [key, value] : changes)
    out += value ? fmt::format("  + {} {}={}\n", what, key, *value)
                 : fmt::format("  - {} {}\n", what, key);
}

std::string plan_text(const mesh::OnboardingPlan& plan) {
  std::string out;
  for (const auto& one : plan.namespaces) {
    out += fmt::format("Namespace {}\n", one.ns.name);
    append_changes(out, "label", one.labels);
    append_changes(out, "annotation", one.annotations);
    if (!one.workloads.empty()) {
      append_changes(out, "pod label", one.pod_labels);
      append_changes(out, "pod annotation", one.pod_annotations);
    }
    const bool restarts = plan.restarts || plan.by_pods;
    for (const auto& workload : one.workloads)
      out += fmt::format("  {} {}\n", restarts ? "~ restart" : "  not restarted:", workload.text());
    for (const auto& note : one.notes) out += fmt::format("  note: {}\n", note);
    if (one.empty()) out += "  nothing to change\n";
  }
  return out;
}

doc::Value changes_document(const kube::Cluster::Changes& changes) {
  doc::Value out = doc::Value::map();
  for (const auto& [key, value] : changes) out.set(key, value ? doc::Value(*value) : nullptr);
  return out;
}

doc::Value document_of(const std::string& mesh, const mesh::OnboardingPlan& plan,
                       const mesh::OnboardingOutcome* outcome) {
  doc::Value namespaces = doc::Value::list();
  for (std::size_t i = 0; i < plan.namespaces.size(); ++i) {
    const auto& one = plan.namespaces[i];
    doc::Value workloads = doc::Value::list();
    for (const auto& workload : one.workloads) workloads.push(workload.text());
    doc::Value item;
    item.set("namespace", one.ns.name)
        .set("labels", changes_document(one.labels))
        .set("annotations", changes_document(one.annotations))
        .set("restarts", std::move(workloads));
    if (outcome != nullptr && i < outcome->namespaces.size())
      item.set("pods", static_cast<std::uint64_t>(outcome->namespaces[i].pods))
          .set("settled_pods", static_cast<std::uint64_t>(outcome->namespaces[i].settled));
    namespaces.push(std::move(item));
  }
  doc::Value document;
  return document.set("schema", "weft.onboarding/v1")
      .set("mesh", mesh)
      .set("direction", name_of(plan.direction))
      .set("changed", outcome != nullptr)
      .set("namespaces", std::move(namespaces));
}

std::string outcome_text(const mesh::OnboardingOutcome& outcome, Direction direction) {
  std::string out;
  for (const auto& ns : outcome.namespaces) {
    out += fmt::format("Namespace {}: {} of {} {} the proxy\n", ns.ns, ns.settled,
                       base::plural(ns.pods, "pod"),
                       direction == Direction::join ? "carry" : "run without");
    if (!ns.unsettled.empty())
      out += fmt::format("  not yet: {}\n", base::join(ns.unsettled, ", "));
  }
  return out;
}

Result<ExitCode> run(Context& context, const Options& options, Direction direction) {
  WEFT_TRY(catalog, open_catalog(context));
  WEFT_TRY(mesh, catalog.find(options.mesh));
  WEFT_TRY(others, catalog.all());
  const mesh::OnboardingRequest request{.mesh = *mesh,
                                        .direction = direction,
                                        .namespaces = options.namespaces,
                                        .mode = options.mode,
                                        .revision = options.revision,
                                        .restart = !options.no_restart,
                                        .others = others};
  WEFT_CHECK(mesh::check_onboarding(request));
  WEFT_TRY(session, open_session(context, options.cluster, Tools::kubectl));
  WEFT_TRY(plan, mesh::plan_onboarding(session.cluster(), request));
  if (options.dry_run || plan.empty()) {
    if (is_structured(context)) return print(context, document_of(mesh->id, plan, nullptr));
    context.out << plan_text(plan);
    return ExitCode::done;
  }
  if (!is_structured(context)) context.err << plan_text(plan);
  if (!options.yes)
    WEFT_CHECK(confirm(
        context, fmt::format("{} {}?", name_of(direction), base::join(options.namespaces, ", "))));
  WEFT_TRY(outcome,
           mesh::carry_out(
               session.cluster(), *mesh, plan,
               {.clock = context.clock, .deadline = session.deadline(), .stop = &context.stop}));
  if (is_structured(context))
    print(context, document_of(mesh->id, plan, &outcome));
  else
    context.out << outcome_text(outcome, direction);
  return outcome.settled() ? ExitCode::done : ExitCode::no;
}

cli::Command command_for(Direction direction) {
  auto options = std::make_shared<Options>();
  const bool join = direction == Direction::join;
  cli::Command command{
      .name = std::string(name_of(direction)),
      .summary = join ? "Take namespaces into a mesh" : "Take namespaces out of a mesh",
      .arguments = {cli::argument("MESH", options->mesh, "id of a mesh").completes(complete_mesh),
                    cli::argument("NAMESPACE", options->namespaces, "which namespaces")},
      .flags = {cli::flag(
                    "--no-restart", options->no_restart,
                    "leave running pods as they are: they change when somebody restarts them"),
                cli::flag("--dry-run", options->dry_run, "show what would change"),
                cli::flag("--yes", options->yes, "do not ask").as('y')},
      .exit_notes = {{ExitCode::no,
                      join ? "pods still run without the proxy" : "pods still run with the proxy"}},
      .heading = "Meshes",
      .run = [options, direction](Context& context) { return run(context, *options, direction); }};
  if (join) {
    command.description =
        "Sets the labels or annotations of the mesh on the namespaces, removes those that exclude "
        "them, restarts the workloads whose pods lack the proxy, waits, and looks whether the pods "
        "carry it. Nothing is changed before you agree.";
    command.examples = {{"weft mesh onboard istio shop cart", "show, ask, label, restart, verify"},
                        {"weft mesh onboard istio shop --revision prod --yes",
                         "with the control plane behind a revision or tag"}};
    command.flags.insert(
        command.flags.begin(),
        {cli::flag("--mode", options->mode, "one of the modes of the mesh").takes("MODE"),
         cli::flag("--revision", options->revision, "revision or tag of the control plane")
             .takes("NAME")});
  } else {
    command.description =
        "Removes every label and annotation by which the namespaces belong to the mesh, restarts "
        "the workloads whose pods carry its proxy, waits, and looks whether it is gone.";
    command.examples = {{"weft mesh offboard istio shop", "show, ask, unlabel, restart, verify"},
                        {"weft mesh offboard istio shop --dry-run", "only show"}};
  }
  command.flags = with_cluster_flags(options->cluster, std::move(command.flags));
  return command;
}

}  // namespace

cli::Command mesh_onboard_command() { return command_for(Direction::join); }
cli::Command mesh_offboard_command() { return command_for(Direction::leave); }

}  // namespace weft::cmd
