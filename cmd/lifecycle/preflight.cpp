#include "cmd/lifecycle/preflight.h"

#include <set>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/lifecycle/leftovers.h"
#include "lib/mesh/preflight.h"
#include "lib/mesh/rights.h"

namespace weft::cmd {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;
using mesh::CheckResult;
using mesh::Verdict;

std::string line_of(const CheckResult& result) {
  return fmt::format("{}{}{}: {}", result.check->id, result.subject.empty() ? "" : " ",
                     result.subject, result.detail);
}

Result<Warnings> judge(const std::string& mesh, mesh::CheckReport& report,
                       const PreflightFlags& flags) {
  std::vector<std::string> ignored;
  for (const std::string& list : flags.ignore)
    for (std::string_view id : base::split(list, ',')) ignored.emplace_back(id);
  WEFT_CHECK(mesh::known_checks(ignored));
  report.ignore(ignored);
  std::vector<std::string> failures, warnings;
  std::string hint, id;
  for (const CheckResult& result : report.results) {
    if (result.verdict == Verdict::warn) warnings.push_back(line_of(result));
    if (result.verdict != Verdict::fail || result.ignored) continue;
    failures.push_back(line_of(result));
    if (id.empty()) hint = result.hint, id = result.check->id;
  }
  if (failures.empty()) return warnings;
  if (hint.find("--ignore") == std::string::npos)
    hint += fmt::format("{}--ignore {} if you know better", hint.empty() ? "" : "; ", id);
  return Error{ExitCode::no,
               fmt::format("{} cannot be installed here: {} failed; nothing was changed", mesh,
                           base::plural(failures.size(), "check")),
               hint}
      .because(base::join(failures, "\n"));
}

}  // namespace

Result<Warnings> check_before(Operation& op, const mesh::Snapshot& snapshot,
                              const lifecycle::Setup& setup, const lifecycle::Installed& installed,
                              const PreflightFlags& flags) {
  WEFT_TRY(all, op.catalog.all());
  mesh::PreflightRequest request{*op.mesh, setup.version, setup.selection};
  request.others = neighbours_by(snapshot.webhooks, *op.mesh, installed, all);
  request.now = op.work.clock.wall();
  request.installed = installed_version(*op.mesh, installed);
  request.adopt = flags.adopt;
  request.canary = flags.canary;
  mesh::CheckReport report = preflight(request, snapshot);
  check_tools({op.session.kubectl_program().version, op.session.helm_program().version}, snapshot,
              report);
  // Releases that a dead run of ours left pending are healed on the way.
  std::erase_if(report.results, [&](const CheckResult& result) {
    return result.check->id == "release-pending" && installed.record.has_value();
  });
  return judge(op.mesh->id, report, flags);
}

Result<Warnings> check_rights_of(Operation& op, const mesh::Snapshot& snapshot,
                                 const lifecycle::Prepared& prepared, const PreflightFlags& flags) {
  kube::Objects objects;
  std::set<std::string> namespaces;
  for (const lifecycle::PreparedStep& step : prepared.steps) {
    if (step.unchanged) continue;
    for (const auto* some : {&step.crds, &step.objects})
      objects.insert(objects.end(), some->begin(), some->end());
    if (step.by_helm) namespaces.insert(step.ns);
  }
  if (objects.empty()) return Warnings{};
  const auto purpose =
      prepared.plan.verb == "upgrade" ? mesh::Purpose::upgrade : mesh::Purpose::install;
  mesh::CheckReport report{op.mesh->id, {}};
  WEFT_CHECK(mesh::check_rights(
      op.work.cluster,
      mesh::needed_rights(objects, {namespaces.begin(), namespaces.end()}, purpose),
      snapshot.may_everything, report));
  return judge(op.mesh->id, report, flags);
}

}  // namespace weft::cmd
