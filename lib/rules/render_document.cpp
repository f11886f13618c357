#include "lib/rules/render.h"

namespace weft::rules {
namespace {

doc::Value strings(const std::vector<std::string_view>& texts) {
  doc::Value list = doc::Value::list();
  for (std::string_view text : texts) list.push(text);
  return list;
}

doc::Value resource_value(const Resource& resource) {
  doc::Value value;
  value.set("apiVersion", text(get(resource.root, "apiVersion"))).set("kind", resource.kind);
  if (!resource.ns.empty()) value.set("namespace", resource.ns);
  return std::move(value.set("name", resource.name));
}

doc::Value position_value(const Finding& finding) {
  const base::Where where = finding.source->where(finding.at);
  doc::Value value;
  return std::move(value.set("file", where.source)
                       .set("line", std::int64_t{where.line})
                       .set("column", std::int64_t{where.column}));
}

doc::Value diagnostic(const Finding& finding) {
  const Rule& rule = *finding.rule;
  doc::Value value;
  value.set("id", rule.id)
      .set("slug", rule.slug)
      .set("severity", name_of(finding.severity))
      .set("confidence", finding.is_partial ? "partial" : "full")
      .set("mesh", rule.mesh)
      .set("refs", strings(rule.codes()));
  if (finding.resource != nullptr) value.set("resource", resource_value(*finding.resource));
  value.set("position", position_value(finding));
  if (finding.resource != nullptr) value.set("path", finding.path());
  doc::Value params = doc::Value::map();
  for (const auto& [name, text] : finding.params) params.set(name, text);
  value.set("message", finding.message)
      .set("remedy", rule.remedy)
      .set("params", std::move(params))
      .set("fixable", finding.fix.kind != Fix::Kind::none)
      .set("fingerprint", fingerprint(finding));
  return value;
}

}  // namespace

doc::Value to_document(const Outcome& outcome, const Inventory& in) {
  doc::Value diagnostics = doc::Value::list();
  for (const Finding& finding : outcome.findings) diagnostics.push(diagnostic(finding));
  doc::Value unread = doc::Value::list();
  for (const std::string& name : in.settings().unread) unread.push(name);
  doc::Value summary;
  summary.set("resources", std::uint64_t{in.all().size()})
      .set("errors", outcome.count(Severity::error))
      .set("warnings", outcome.count(Severity::warning))
      .set("infos", outcome.count(Severity::info))
      .set("suppressed", outcome.suppressed)
      .set("in_baseline", outcome.in_baseline)
      .set("in_cluster", outcome.in_cluster)
      .set("complete", in.settings().complete)
      .set("unread", std::move(unread));
  doc::Value document;
  document.set("schema", "weft.validate/v1")
      .set("diagnostics", std::move(diagnostics))
      .set("summary", std::move(summary));
  return document;
}

doc::Value rules_document() {
  doc::Value list = doc::Value::list();
  for (const Rule& rule : all_rules()) {
    doc::Value value;
    value.set("id", rule.id)
        .set("slug", rule.slug)
        .set("severity", name_of(rule.severity))
        .set("mesh", rule.mesh)
        .set("category", rule.category)
        .set("title", rule.title)
        .set("why", rule.why)
        .set("remedy", rule.remedy)
        .set("refs", strings(rule.codes()));
    list.push(std::move(value));
  }
  doc::Value document;
  document.set("schema", "weft.rules/v1").set("rules", std::move(list));
  return document;
}

}  // namespace weft::rules
