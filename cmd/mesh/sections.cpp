#include "cmd/mesh/sections.h"

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/term/table.h"

namespace weft::cmd {
namespace {

using mesh::Mesh;
using term::Style;
using term::Terminal;

std::string or_dash(std::string text) { return text.empty() ? "-" : text; }

std::string heading(const Terminal& terminal, std::string_view text) {
  return "\n" + term::paint(terminal, Style::bold, text) + "\n";
}

// Name and text in two columns.
class Pairs {
 public:
  void add(std::string name, std::string text) {
    if (!text.empty()) table_.rows.push_back({{std::move(name)}, {std::move(text)}});
  }
  std::string section(const Terminal& terminal, std::string_view title) const {
    if (table_.rows.empty()) return {};
    return heading(terminal, title) + term::render(table_, terminal);
  }

 private:
  term::Table table_{.columns = {{""}, {""}}, .rows = {}, .indent = 2, .headers = false};
};

term::Cell window_cell(mesh::Window window) {
  switch (window) {
    case mesh::Window::supported:
      return {"supported", Style::green};
    case mesh::Window::ending:
      return {"ending", Style::yellow};
    case mesh::Window::ended:
      return {"ended", Style::red};
    case mesh::Window::unknown:
      break;
  }
  return {"-"};
}

std::string pairs_text(const std::map<std::string, std::string>& pairs) {
  std::string out;
  for (const auto& [key, value] : pairs)
    out += fmt::format("{}{}={}", out.empty() ? "" : ", ", key, value);
  return out;
}

std::string crds_text(mesh::Crds crds) {
  switch (crds) {
    case mesh::Crds::templates:
      return "CRDs among its templates";
    case mesh::Crds::folder:
      return "CRDs in crds/";
    case mesh::Crds::hook:
      return "CRDs by a hook";
    case mesh::Crds::runtime:
      return "CRDs made at run time";
    case mesh::Crds::none:
      break;
  }
  return {};
}

// Flattened helm values: "pilot.replicas=2".
void flatten(const doc::Value& value, const std::string& path, std::vector<std::string>& out) {
  if (!value.is_map()) {
    const std::string text = value.is_string()   ? value.string().str()
                             : value.is_bool()   ? (value.boolean() ? "true" : "false")
                             : value.is_int()    ? fmt::format("{}", value.integer())
                             : value.is_number() ? fmt::format("{}", value.number())
                                                 : std::string("...");
    out.push_back(path + "=" + text);
    return;
  }
  for (const auto& member : value.members())
    flatten(member.value, path.empty() ? member.key.str() : path + "." + member.key, out);
}

std::string target_of(const mesh::Leftover& left) {
  std::string text = left.kind;
  if (!left.ns.empty() || !left.name.empty())
    text += " " + (left.ns.empty() ? left.name : left.ns + "/" + left.name);
  return left.selector.empty() ? text : text + " (" + left.selector + ")";
}

}  // namespace

std::string versions_section(const Mesh& mesh, std::string_view today, const Terminal& terminal) {
  if (mesh.versions.empty()) return {};
  term::Table table{.columns = {{"version"},
                                {"chart"},
                                {"kubernetes"},
                                {"released"},
                                {"support ends"},
                                {"support"},
                                {"note"}},
                    .rows = {},
                    .indent = 2};
  for (const auto& version : mesh.versions) {
    std::vector<std::string> notes;
    if (version.lts) notes.emplace_back("long-term");
    if (!version.app.empty()) notes.push_back(version.app);
    if (!version.proxy.empty()) notes.push_back(version.proxy);
    if (!version.note.empty()) notes.push_back(version.note);
    table.rows.push_back({{version.version},
                          {version.chart == version.version ? "" : version.chart},
                          {or_dash(version.k8s.text())},
                          {or_dash(version.released)},
                          {or_dash(version.eol)},
                          window_cell(mesh::window_of(version, today)),
                          {base::join(notes, "; ")}});
  }
  return heading(terminal, "VERSIONS") + term::render(table, terminal);
}

std::string choices_section(const Mesh& mesh, const Terminal& terminal) {
  Pairs modes;
  for (const auto& mode : mesh.modes)
    modes.add(
        &mode == mesh.modes.data() && mesh.modes.size() > 1 ? mode.name + " (default)" : mode.name,
        mode.summary);
  Pairs features;
  for (const auto& feature : mesh.features) {
    std::string text = feature.summary;
    if (!feature.modes.empty()) text += " (mode " + base::join(feature.modes, ", ") + ")";
    if (!feature.automatic.empty()) text += " (by itself: " + feature.automatic + ")";
    features.add(feature.name, std::move(text));
  }
  Pairs profiles;
  for (const auto& profile : mesh.profiles) profiles.add(profile.name, profile.summary);
  Pairs inputs;
  for (const auto& input : mesh.inputs)
    inputs.add(input.name,
               fmt::format("{} ({})", input.help,
                           input.secret.empty()
                               ? input.value
                               : fmt::format("Secret {}, key {}", input.secret, input.key)));
  return modes.section(terminal, "MODES") + features.section(terminal, "FEATURES") +
         profiles.section(terminal, "PROFILES") + inputs.section(terminal, "ASKED FOR");
}

std::string steps_section(const Mesh& mesh, const Terminal& terminal) {
  if (mesh.steps.empty()) return {};
  term::Table table{.columns = {{"step"}, {"chart"}, {"namespace"}, {"when"}, {"values"}},
                    .rows = {},
                    .indent = 2};
  for (const auto& step : mesh.steps) {
    std::vector<std::string> values;
    if (step.values.is_map()) flatten(step.values, {}, values);
    if (const auto crds = crds_text(step.crds); !crds.empty()) values.push_back(crds);
    table.rows.push_back({{step.name},
                          {(step.repo.empty() ? "" : step.repo + "/") +
                           (step.chart.empty() ? step.path : step.chart)},
                          {step.ns},
                          {step.when.empty() ? "always" : base::join(step.when, ", ")},
                          {base::join(values, ", ")}});
  }
  std::string text = heading(terminal, "STEPS") + term::render(table, terminal);
  Pairs repos;
  for (const auto& repo : mesh.repos) repos.add(repo.name, repo.url);
  return text + repos.section(terminal, "SOURCES");
}

std::string joining_section(const Mesh& mesh, const Terminal& terminal) {
  std::string text;
  for (const auto& way : mesh.onboarding) {
    Pairs pairs;
    pairs.add("namespace label", pairs_text(way.namespace_labels));
    pairs.add("or revision label", way.revision_label);
    pairs.add("namespace annotation", pairs_text(way.namespace_annotations));
    pairs.add("pod label", pairs_text(way.pod_labels));
    pairs.add("pod annotation", pairs_text(way.pod_annotations));
    pairs.add("stays outside", pairs_text(way.opt_out));
    pairs.add("running pods", way.restart ? "join when they are restarted" : "join at once");
    pairs.add("note", way.note);
    text += pairs.section(terminal, way.mode.empty() ? "JOINING" : "JOINING, MODE " + way.mode);
  }
  return text;
}

std::string needs_section(const Mesh& mesh, const Terminal& terminal) {
  const auto& preflight = mesh.preflight;
  Pairs pairs;
  pairs.add("first", base::join(mesh.needs, ", "));
  pairs.add("conflicts", base::join(mesh.conflicts, ", "));
  pairs.add("alone", preflight.alone ? "tolerates no other mesh in the cluster" : "");
  pairs.add("network", preflight.cni ? "replaces the network of the cluster" : "");
  pairs.add("kernel", preflight.kernel);
  pairs.add("modules", base::join(preflight.modules, ", "));
  pairs.add("architecture", base::join(preflight.arch, ", "));
  pairs.add("ports", base::join(preflight.ports, ", "));
  pairs.add("pod security", preflight.psa);
  pairs.add("of injected pods", preflight.inject_psa);
  pairs.add("storage", preflight.storage ? "a default StorageClass" : "");
  for (const auto& [topic, note] : preflight.notes) pairs.add(topic + ":", note);
  return pairs.section(terminal, "NEEDS");
}

std::string upgrade_section(const Mesh& mesh, const Terminal& terminal) {
  if (mesh.versions.empty() || mesh.steps.empty()) return {};
  Pairs pairs;
  pairs.add("skips", base::plural(mesh.upgrade.max_minor_skip, "minor") + " at a time");
  if (!mesh.upgrade.canary.steps.empty())
    pairs.add("canary", fmt::format("{} under a revision, {} at a time",
                                    base::join(mesh.upgrade.canary.steps, ", "),
                                    base::plural(mesh.upgrade.canary.max_minor_skip, "minor")));
  for (const auto& rule : mesh.upgrade.rules) pairs.add("rule", rule);
  if (mesh.skew.dataplane_behind > 0)
    pairs.add("skew", fmt::format("proxies may be {} behind",
                                  base::plural(mesh.skew.dataplane_behind, "minor")));
  pairs.add("skew note", mesh.skew.note);
  return pairs.section(terminal, "UPGRADE");
}

std::string removal_section(const Mesh& mesh, const Terminal& terminal) {
  Pairs pairs;
  pairs.add("danger", mesh.uninstall.danger);
  for (const auto& cleanup : mesh.uninstall.before)
    pairs.add("before", fmt::format("{} {}", to_string(cleanup.action),
                                    cleanup.group.empty() ? cleanup.kind + " " + cleanup.name
                                                          : cleanup.group));
  for (const auto& left : mesh.uninstall.leftovers) {
    std::string text = target_of(left);
    text += left.remove == mesh::LeftoverDelete::always  ? ", removed"
            : left.remove == mesh::LeftoverDelete::purge ? ", removed by --purge"
                                                         : ", stays";
    if (!left.note.empty()) text += "; " + left.note;
    pairs.add("left", std::move(text));
  }
  return pairs.section(terminal, "REMOVAL");
}

}  // namespace weft::cmd
