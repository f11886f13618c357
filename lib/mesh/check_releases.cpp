#include <algorithm>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/kube/object.h"
#include "lib/mesh/preflight_parts.h"
#include "lib/mesh/upgrade_path.h"

namespace weft::mesh {
namespace {

bool has_record(const Snapshot& snapshot, const Mesh& mesh) {
  const std::string name = "weft-install-" + mesh.id;
  return std::ranges::any_of(snapshot.records, [&](const kube::Object& record) {
    const auto found = kube::name_of(record);
    return found == name || found.starts_with(name + "-");
  });
}

void check_release(const PreflightRequest& request, const Step& step, const kube::Release& release,
                   bool ours, CheckReport& report) {
  const std::string subject = fmt::format("release {}/{}", release.ns, release.name);
  if (kube::is_pending(release.status))
    report.add("release-pending", Verdict::fail,
               fmt::format("it is {} since {}", kube::status_name(release.status), release.updated),
               subject, fmt::format("weft mesh recover {}", request.mesh.id));
  if (!release.chart.empty() && release.chart != step.chart)
    report.add("release-name", Verdict::fail,
               fmt::format("it holds the chart {}, not {}", release.chart, step.chart), subject);
  else if (!ours)
    report.add(
        "release-foreign", request.adopt ? Verdict::warn : Verdict::fail,
        fmt::format("chart {} {} was not installed by weft", release.chart, release.chart_version),
        subject);
}

}  // namespace

void check_releases(const PreflightRequest& request, const Snapshot& snapshot,
                    CheckReport& report) {
  if (!can_see(snapshot, Part::releases, "release-pending", report)) return;
  const bool ours = has_record(snapshot, request.mesh) || !snapshot.knows(Part::records);
  const std::size_t before = report.results.size();
  for (const auto& selected : request.selection.steps) {
    const Step& step = *selected.step;
    if (step.chart.empty()) continue;
    const std::string& name = step.release.empty() ? step.name : step.release;
    for (const auto& release : snapshot.releases)
      if (release.name == name && release.ns == step.ns)
        check_release(request, step, release, ours, report);
  }
  if (report.results.size() == before) report.add("release-pending", Verdict::ok);
}

void check_upgrade(const PreflightRequest& request, CheckReport& report) {
  const Mesh& mesh = request.mesh;
  const std::string& to = request.version.version;
  if (!request.installed.empty()) {
    const auto path = check_path(mesh, request.installed, to, request.canary, false);
    if (path.ok())
      report.add("upgrade-path", Verdict::ok, fmt::format("{} to {}", request.installed, to));
    else
      report.add("upgrade-path", Verdict::fail, path.error().message, "", path.error().remedy);
  }

  const std::string today = base::format_rfc3339(request.now).substr(0, 10);
  const std::string& eol = request.version.eol;
  switch (window_of(request.version, today)) {
    case Window::ended:
      report.add("version-support", Verdict::warn,
                 fmt::format("{} is unmaintained since {}", to, eol));
      break;
    case Window::ending:
      report.add("version-support", Verdict::warn,
                 fmt::format("{} is maintained until {}", to, eol));
      break;
    case Window::supported:
      report.add("version-support", Verdict::ok, fmt::format("until {}", eol));
      break;
    case Window::unknown:
      break;
  }
  const bool dead = mesh.status.state == State::archived || mesh.status.state == State::ended;
  if (dead) {
    const std::string next = mesh.status.replaced_by.empty()
                                 ? mesh.status.successor
                                 : base::join(mesh.status.replaced_by, ", ");
    report.add("project-state", Verdict::warn,
               fmt::format("{} is {}{}{}", mesh.name, to_string(mesh.status.state),
                           mesh.status.since.empty() ? "" : " since ", mesh.status.since),
               "", next.empty() ? "" : fmt::format("plan a move to {}", next));
  }
}

}  // namespace weft::mesh
