#include <map>

#include "lib/base/format.h"
#include "lib/rules/render.h"

namespace weft::rules {
namespace {

std::string_view level_of(Severity severity) {
  return severity == Severity::info ? "note" : name_of(severity);
}

doc::Value message(std::string_view text) { return std::move(doc::Value().set("text", text)); }

doc::Value rule_value(const Rule& rule) {
  doc::Value tags = doc::Value::list();
  tags.push(rule.mesh).push(rule.category);
  for (std::string_view code : rule.codes()) tags.push(code);
  doc::Value value;
  value.set("id", rule.id)
      .set("name", rule.slug)
      .set("shortDescription", message(rule.title))
      .set("fullDescription", message(rule.why))
      .set("help", message(rule.remedy))
      .set("defaultConfiguration", doc::Value().set("level", level_of(rule.severity)))
      .set("properties", doc::Value().set("tags", std::move(tags)));
  return value;
}

doc::Value location(const Finding& finding) {
  const base::Where where = finding.source->where(finding.at);
  doc::Value region;
  if (where.line != 0) {
    region.set("startLine", std::int64_t{where.line});
    region.set("startColumn", std::int64_t{where.column});
  }
  doc::Value physical;
  physical.set("artifactLocation", doc::Value().set("uri", where.source));
  if (!region.is_null()) physical.set("region", std::move(region));
  doc::Value value;
  value.set("physicalLocation", std::move(physical));
  if (finding.resource != nullptr) {
    doc::Value logical;
    logical.set("fullyQualifiedName", finding.resource->title()).set("kind", "resource");
    value.set("logicalLocations", doc::Value::list().push(std::move(logical)));
  }
  return value;
}

}  // namespace

doc::Value to_sarif(const Outcome& outcome, std::string_view version) {
  doc::Value rules = doc::Value::list();
  std::map<const Rule*, std::int64_t> index;
  for (const Rule& rule : all_rules()) {
    index.emplace(&rule, static_cast<std::int64_t>(index.size()));
    rules.push(rule_value(rule));
  }
  doc::Value results = doc::Value::list();
  for (const Finding& finding : outcome.findings) {
    doc::Value result;
    result.set("ruleId", finding.rule->id)
        .set("ruleIndex", index.at(finding.rule))
        .set("level", level_of(finding.severity))
        .set("message", message(finding.message))
        .set("locations", doc::Value::list().push(location(finding)))
        .set("partialFingerprints", doc::Value().set("weft/v1", fingerprint(finding)));
    results.push(std::move(result));
  }
  doc::Value driver;
  driver.set("name", "weft").set("version", version).set("rules", std::move(rules));
  doc::Value run;
  run.set("tool", doc::Value().set("driver", std::move(driver)))
      .set("columnKind", "unicodeCodePoints")
      .set("results", std::move(results));
  doc::Value sarif;
  sarif.set("$schema", "https://json.schemastore.org/sarif-2.1.0.json")
      .set("version", "2.1.0")
      .set("runs", doc::Value::list().push(std::move(run)));
  return sarif;
}

}  // namespace weft::rules
