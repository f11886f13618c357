#include "cmd/operations/status_text.h"

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/term/table.h"

namespace weft::cmd {
namespace {

using term::Align;
using term::Style;

std::string or_dash(const std::string& text) { return text.empty() ? "-" : text; }

term::Cell state_cell(const kube::Readiness& readiness) {
  switch (readiness.state) {
    case kube::State::ready:
      return {readiness.warning.empty() ? "ready" : readiness.warning,
              readiness.warning.empty() ? Style::green : Style::yellow};
    case kube::State::failed:
      return {or_dash(readiness.detail), Style::red};
    default:
      return {or_dash(readiness.detail), Style::yellow};
  }
}

std::string components_text(const mesh::ClusterStatus& status, const term::Terminal& terminal,
                            bool wide) {
  term::Table table{{{"mesh"},
                     {"component"},
                     {"namespace"},
                     {"version"},
                     {"ready", Align::right},
                     {"state"},
                     {"managed by"}}};
  if (wide) table.columns.insert(table.columns.end(), {{"workload"}, {"release"}});
  for (const auto& mesh : status.meshes) {
    const std::string name =
        mesh.revision.empty() ? mesh.mesh : fmt::format("{}/{}", mesh.mesh, mesh.revision);
    if (mesh.components.empty())
      table.rows.push_back({{name},
                            {"-"},
                            {or_dash(mesh.ns)},
                            {or_dash(mesh.version)},
                            {"-"},
                            {"no control plane", Style::yellow},
                            {mesh.managed_by}});
    for (const auto& component : mesh.components) {
      const auto& readiness = component.readiness;
      std::vector<term::Cell> row{{name},
                                  {component.component},
                                  {component.ref.ns},
                                  {or_dash(component.version)},
                                  {fmt::format("{}/{}", readiness.have, readiness.want)},
                                  state_cell(readiness),
                                  {mesh.managed_by}};
      if (wide) {
        row.push_back({fmt::format("{} {}", component.ref.kind, component.ref.name)});
        row.push_back({or_dash(component.release)});
      }
      table.rows.push_back(std::move(row));
    }
  }
  return term::render(table, terminal);
}

Style style_of(mesh::SkewVerdict skew) {
  switch (skew) {
    case mesh::SkewVerdict::same:
    case mesh::SkewVerdict::behind:
      return Style::green;
    case mesh::SkewVerdict::unknown:
      return Style::dim;
    default:
      return Style::red;
  }
}

std::string proxies_text(const mesh::ClusterStatus& status, const term::Terminal& terminal) {
  term::Table table{{{"data plane of"},
                     {"proxy"},
                     {"pods", Align::right},
                     {"not ready", Align::right},
                     {"skew"}}};
  for (const auto& plane : status.planes)
    for (const auto& group : plane.data.proxies)
      table.rows.push_back({{plane.mesh},
                            {group.version.empty() ? "of the node" : group.version},
                            {fmt::format("{}", group.pods)},
                            {fmt::format("{}", group.not_ready)},
                            {std::string(mesh::name_of(group.skew)), style_of(group.skew)}});
  return table.rows.empty() ? "" : '\n' + term::render(table, terminal);
}

term::Cell count_cell(std::size_t count) {
  return {fmt::format("{}", count), count == 0 ? Style::plain : Style::yellow};
}

std::string namespaces_text(const mesh::ClusterStatus& status, const term::Terminal& terminal) {
  term::Table table{{{"namespace"},
                     {"mesh"},
                     {"meshed", Align::right},
                     {"missing", Align::right},
                     {"surplus", Align::right}}};
  for (const auto& plane : status.planes)
    for (const auto& ns : plane.data.namespaces)
      table.rows.push_back({{ns.name},
                            {!ns.onboarded     ? fmt::format("{} (not onboarded)", plane.mesh)
                             : ns.mode.empty() ? plane.mesh
                                               : fmt::format("{} ({})", plane.mesh, ns.mode)},
                            {fmt::format("{}", ns.meshed)},
                            count_cell(ns.missing),
                            count_cell(ns.surplus)});
  return table.rows.empty() ? "" : '\n' + term::render(table, terminal);
}

std::string certificates_text(const mesh::ClusterStatus& status, const term::Terminal& terminal) {
  term::Table table{{{"certificate"}, {"of"}, {"held by"}, {"days left", Align::right}}};
  for (const auto& plane : status.planes)
    for (const auto& held : plane.certificates.held) {
      const Style style = held.days_left < 0    ? Style::red
                          : held.days_left < 60 ? Style::yellow
                                                : Style::plain;
      table.rows.push_back(
          {{held.what}, {plane.mesh}, {held.object}, {fmt::format("{}", held.days_left), style}});
    }
  return table.rows.empty() ? "" : '\n' + term::render(table, terminal);
}

std::string warnings_text(const mesh::ClusterStatus& status, const term::Terminal& terminal) {
  std::vector<std::string> lines;
  for (const auto& mesh : status.meshes)
    for (const auto& warning : mesh.warnings)
      lines.push_back(fmt::format("warning: {}: {}", mesh.name, warning));
  for (const auto& result : status.webhooks.results)
    if (result.verdict == mesh::Verdict::warn || result.verdict == mesh::Verdict::fail)
      lines.push_back(fmt::format("warning: {}: {}", result.subject, result.detail));
  for (const auto& unknown : status.unknown) lines.push_back("unknown: " + unknown);
  std::string out;
  for (const auto& line : lines) out += term::paint(terminal, Style::yellow, line) + '\n';
  return out.empty() ? out : '\n' + out;
}

}  // namespace

std::string status_text(const mesh::ClusterStatus& status, const term::Terminal& terminal,
                        bool wide) {
  std::string out;
  if (!status.meshes.empty()) out += components_text(status, terminal, wide);
  out += proxies_text(status, terminal);
  out += namespaces_text(status, terminal);
  out += certificates_text(status, terminal);
  out += warnings_text(status, terminal);
  if (out.starts_with('\n')) out.erase(0, 1);
  return out;
}

}  // namespace weft::cmd
