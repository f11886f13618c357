#include "cmd/pattern/plan_text.h"

#include <algorithm>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/lifecycle/changes.h"

namespace weft::cmd {
namespace {

using kube::Action;
using pattern::Outcome;
using term::Style;

struct Sign {
  std::string_view sign;
  Style style;
};

Sign sign_of(Action action) {
  if (action == Action::create) return {"+", Style::green};
  if (action == Action::remove) return {"-", Style::red};
  if (action == Action::replace) return {"!", Style::yellow};
  return {"~", Style::blue};
}

std::string value_text(const doc::Value& value) {
  return value.is_null() ? "(none)" : lifecycle::short_text(value);
}

// What a server wrote, every line of it below the first.
std::string indented(std::string_view text, std::string_view indent) {
  std::string out;
  for (std::string_view line : base::split(text, '\n'))
    out += out.empty() ? std::string(line) : fmt::format("\n{}{}", indent, line);
  return out;
}

std::string change_text(const kube::Change& change, const std::string& indent,
                        const term::Terminal& terminal) {
  const Sign sign = sign_of(change.action);
  std::string out =
      fmt::format("{}{} {}\n", indent, paint(terminal, sign.style, sign.sign), change.ref.text());
  for (const kube::FieldChange& field : change.fields)
    out += fmt::format("{}    {}: {} -> {}\n", indent, field.path, value_text(field.from),
                       value_text(field.to));
  return out;
}

std::string mesh_text(const pattern::PlannedService& planned, const pattern::Part& part) {
  if (part.type.what != pattern::TypeKind::mesh || planned.mesh.action == Action::none) return {};
  if (planned.mesh.from.empty())
    return fmt::format(" ({} {})", part.order.id,
                       planned.mesh.to.empty() ? "newest" : planned.mesh.to);
  return fmt::format(" ({} {} -> {})", part.order.id, planned.mesh.from, planned.mesh.to);
}

// What stands in the way of a service.
std::string obstacles_text(const pattern::PlannedService& planned, const term::Terminal& terminal) {
  const std::string sign = paint(terminal, Style::red, "!");
  std::string out;
  for (const pattern::Refusal& refusal : planned.refused) {
    const std::string what = refusal.ref.kind.empty() ? "" : refusal.ref.text() + ": ";
    out += fmt::format("    {} {}{}\n", sign, what, indented(refusal.why, "        "));
    if (!refusal.remedy.empty()) out += fmt::format("        try: {}\n", refusal.remedy);
  }
  for (const pattern::Contested& each : planned.contested)
    out += fmt::format("    {} {}: {} has {}; --force-conflicts takes {} over\n", sign,
                       each.ref.text(), each.manager, base::join(each.fields, ", "),
                       each.fields.size() == 1 ? "it" : "them");
  for (const std::string& unknown : planned.unknown) out += fmt::format("    ? {}\n", unknown);
  return out;
}

struct Counts {
  std::size_t created = 0, changed = 0, same = 0, refused = 0;
};

Counts count(const pattern::Plan& plan) {
  Counts out;
  for (const auto& planned : plan.services)
    ++(!planned.refused.empty() || !planned.contested.empty() ? out.refused
       : planned.action == Action::create                     ? out.created
       : planned.action == Action::none                       ? out.same
                                                              : out.changed);
  return out;
}

doc::Value change_document(const kube::Change& change) {
  doc::Value fields = doc::Value::list(), out;
  for (const kube::FieldChange& field : change.fields) {
    doc::Value one;
    one.set("path", field.path).set("from", value_text(field.from)).set("to", value_text(field.to));
    fields.push(std::move(one));
  }
  out.set("action", action_name(change.action))
      .set("object", change.ref.text())
      .set("fields", std::move(fields));
  return out;
}

doc::Value obstacles_document(const pattern::PlannedService& planned) {
  doc::Value out = doc::Value::list();
  for (const pattern::Refusal& refusal : planned.refused) {
    doc::Value one;
    one.set("object", refusal.ref.kind.empty() ? "" : refusal.ref.text())
        .set("why", refusal.why)
        .set("remedy", refusal.remedy);
    out.push(std::move(one));
  }
  for (const pattern::Contested& each : planned.contested) {
    doc::Value one, fields = doc::Value::list();
    for (const std::string& field : each.fields) fields.push(field);
    one.set("object", each.ref.text())
        .set("why", "another manager has these fields")
        .set("manager", each.manager)
        .set("fields", std::move(fields));
    out.push(std::move(one));
  }
  return out;
}

Style style_of(Outcome outcome) {
  if (outcome == Outcome::failed) return Style::red;
  if (outcome == Outcome::done) return Style::green;
  return outcome == Outcome::unchanged ? Style::plain : Style::yellow;
}

}  // namespace

std::string plan_text(const pattern::Plan& plan, const pattern::Resolution& resolution, bool prune,
                      const term::Terminal& terminal) {
  std::string out;
  for (const kube::Change& change : plan.namespaces) out += change_text(change, "", terminal);
  for (const auto& planned : plan.services) {
    const std::string obstacles = obstacles_text(planned, terminal);
    if (planned.action == Action::none && obstacles.empty()) continue;
    const pattern::Part& part = resolution.parts[planned.service];
    const Sign sign =
        planned.action == Action::none ? Sign{"!", Style::red} : sign_of(planned.action);
    out += fmt::format("{} {} {}{}\n", paint(terminal, sign.style, sign.sign), part.service->key,
                       part.type.name, mesh_text(planned, part));
    for (const kube::Change& change : planned.changes) out += change_text(change, "    ", terminal);
    out += obstacles;
  }
  for (const kube::Ref& ref : plan.leaving)
    out += fmt::format("{} {}{}\n", paint(terminal, Style::red, "-"), ref.text(),
                       prune ? "" : " (left the pattern; stays without --prune)");
  for (const std::string& id : plan.meshes_leaving)
    out += fmt::format("  {} left the pattern and stays: weft uninstall {}\n", id, id);
  const Counts counts = count(plan);
  return out + fmt::format("{}{} to create, {} to change, {} unchanged{}{}\n",
                           out.empty() ? "" : "\n", base::plural(counts.created, "service"),
                           counts.changed, counts.same,
                           counts.refused == 0 ? "" : fmt::format(", {} refused", counts.refused),
                           plan.offline ? "; without a cluster everything counts as new" : "");
}

doc::Value plan_document(const pattern::Plan& plan, const pattern::Resolution& resolution) {
  doc::Value namespaces = doc::Value::list(), services = doc::Value::list(),
             leaving = doc::Value::list(), out;
  for (const kube::Change& change : plan.namespaces) namespaces.push(change_document(change));
  for (const auto& planned : plan.services) {
    const pattern::Part& part = resolution.parts[planned.service];
    doc::Value one, changes = doc::Value::list();
    for (const kube::Change& change : planned.changes) changes.push(change_document(change));
    one.set("service", part.service->key)
        .set("type", part.type.name)
        .set("action", action_name(planned.action))
        .set("changes", std::move(changes))
        .set("obstacles", obstacles_document(planned));
    if (part.type.what == pattern::TypeKind::mesh)
      one.set("mesh", part.order.id).set("from", planned.mesh.from).set("to", planned.mesh.to);
    services.push(std::move(one));
  }
  for (const kube::Ref& ref : plan.leaving) leaving.push(ref.text());
  const Counts counts = count(plan);
  out.set("schema", "weft.pattern-plan/v1")
      .set("name", resolution.pattern->name)
      .set("offline", plan.offline)
      .set("create", std::uint64_t{counts.created})
      .set("change", std::uint64_t{counts.changed})
      .set("unchanged", std::uint64_t{counts.same})
      .set("refused", std::uint64_t{counts.refused})
      .set("namespaces", std::move(namespaces))
      .set("services", std::move(services))
      .set("leaving", std::move(leaving));
  return out;
}

std::string report_text(const pattern::Report& report, const pattern::Resolution& resolution,
                        const term::Terminal& terminal) {
  std::string out;
  std::size_t unchanged = 0, done = 0, rest = 0;
  for (const pattern::Done& each : report.services) {
    if (each.outcome == Outcome::unchanged) ++unchanged;
    if (each.outcome == Outcome::done) ++done;
    if (each.outcome == Outcome::unchanged) continue;
    if (each.outcome != Outcome::done) ++rest;
    out +=
        fmt::format("{} {}{}{}\n", paint(terminal, style_of(each.outcome), name_of(each.outcome)),
                    resolution.parts[each.service].service->key, each.text.empty() ? "" : ": ",
                    indented(each.text, "    "));
    if (!each.remedy.empty()) out += fmt::format("    try: {}\n", each.remedy);
  }
  for (const kube::Ref& ref : report.pruned) out += fmt::format("pruned {}\n", ref.text());
  return out + fmt::format("{} done, {} unchanged{}\n", base::plural(done, "service"), unchanged,
                           rest == 0 ? "" : fmt::format(", {} not done", rest));
}

doc::Value report_document(const pattern::Report& report, const pattern::Resolution& resolution) {
  doc::Value services = doc::Value::list(), pruned = doc::Value::list(), notes = doc::Value::list(),
             out;
  for (const pattern::Done& each : report.services) {
    doc::Value one;
    one.set("service", resolution.parts[each.service].service->key)
        .set("outcome", name_of(each.outcome))
        .set("text", each.text);
    services.push(std::move(one));
  }
  for (const kube::Ref& ref : report.pruned) pruned.push(ref.text());
  for (const std::string& note : report.notes) notes.push(note);
  out.set("schema", "weft.pattern-apply/v1")
      .set("name", resolution.pattern->name)
      .set("complete", report.complete())
      .set("services", std::move(services))
      .set("pruned", std::move(pruned))
      .set("notes", std::move(notes));
  return out;
}

}  // namespace weft::cmd
