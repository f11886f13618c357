#include "lib/lifecycle/plan_json.h"

#include <array>
#include <optional>

#include "lib/doc/decode.h"

namespace weft::lifecycle {

namespace {

using base::Result;
using doc::Fields;
using doc::Value;

constexpr const char* kSchema = "weft.plan/v1";
constexpr const char* kDigest = "sha256:";

Value list_of(const std::vector<std::string>& texts) {
  Value list = Value::list();
  for (const auto& text : texts) list.push(text);
  return list;
}

Value document_of(const Change& change) {
  Value out;
  out.set("action", action_word(change.action))
      .set("group", change.ref.group)
      .set("kind", change.ref.kind)
      .set("namespace", change.ref.ns)
      .set("name", change.ref.name);
  Value fields = Value::list();
  for (const FieldChange& field : change.fields) {
    Value one;
    one.set("path", field.path).set("before", field.before).set("after", field.after);
    fields.push(std::move(one));
  }
  out.set("fields", std::move(fields));
  if (!change.caution.empty()) out.set("caution", change.caution);
  return out;
}

Value document_of(const std::vector<Change>& changes) {
  Value list = Value::list();
  for (const Change& change : changes) list.push(document_of(change));
  return list;
}

std::string with_prefix(const std::string& digest) {
  return digest.empty() ? digest : kDigest + digest;
}

Value document_of(const PlannedStep& step) {
  Value out;
  out.set("release", step.release)
      .set("namespace", step.ns)
      .set("action", name_of(step.action))
      .set("chart", step.chart)
      .set("version", step.version)
      .set("from", step.from_version)
      .set("digest", with_prefix(step.digest))
      .set("values", with_prefix(step.values_sha256))
      .set("crds", document_of(step.crds))
      .set("changes", document_of(step.objects))
      .set("masked", static_cast<std::int64_t>(step.masked))
      .set("unknown", list_of(step.unknown));
  return out;
}

template <typename Enum, typename Name>
void read_name(Fields& in, std::string_view key, Enum& out, Enum last, Name name_of) {
  std::string name;
  in.need(key, name);
  for (int i = 0; i <= static_cast<int>(last); ++i)
    if (name_of(static_cast<Enum>(i)) == name) {
      out = static_cast<Enum>(i);
      return;
    }
  in.fail(key, "is none that weft knows: " + name, "make the plan again with this version of weft");
}

void read_digest(Fields& in, std::string_view key, std::string& out) {
  in.get(key, out);
  if (out.starts_with(kDigest)) out.erase(0, std::string_view(kDigest).size());
}

void read_change(Fields& in, Change& change) {
  read_name(in, "action", change.action, kube::Action::remove, action_word);
  in.get("group", change.ref.group).need("kind", change.ref.kind).get("namespace", change.ref.ns);
  in.need("name", change.ref.name).get("caution", change.caution);
  in.each("fields", change.fields, [](Fields& f, FieldChange& field) {
    f.need("path", field.path).get("before", field.before).get("after", field.after);
  });
}

void read_step(Fields& in, PlannedStep& step) {
  read_name(in, "action", step.action, StepAction::unchanged,
            [](StepAction action) { return name_of(action); });
  in.need("release", step.release).get("namespace", step.ns).get("chart", step.chart);
  in.get("version", step.version).get("from", step.from_version);
  read_digest(in, "digest", step.digest);
  read_digest(in, "values", step.values_sha256);
  in.each("crds", step.crds, read_change).each("changes", step.objects, read_change);
  std::uint64_t masked = 0;
  in.get("masked", masked).get("unknown", step.unknown);
  step.masked = masked;
}

}  // namespace

Value to_document(const Plan& plan) {
  Value steps = Value::list();
  for (const PlannedStep& step : plan.steps) steps.push(document_of(step));
  Value out;
  out.set("schema", kSchema)
      .set("verb", plan.verb)
      .set("mesh", plan.mesh)
      .set("mode", plan.mode)
      .set("from", plan.from)
      .set("to", plan.to)
      .set("context", plan.context)
      .set("serverVersion", plan.server_version)
      .set("helmVersion", plan.helm_version)
      .set("steps", std::move(steps))
      .set("warnings", list_of(plan.warnings))
      .set("images", list_of(plan.images));
  return out;
}

Result<Plan> read_plan(const doc::Document& document) {
  Plan plan;
  std::string schema;
  Fields in(document, doc::Unknown::ignored);
  in.need("schema", schema);
  if (in.ok() && schema != kSchema)
    in.fail("schema", "must be " + std::string(kSchema), "give a file that --plan-out wrote");
  in.need("verb", plan.verb).need("mesh", plan.mesh).get("mode", plan.mode);
  in.get("from", plan.from).get("to", plan.to).get("context", plan.context);
  in.get("serverVersion", plan.server_version).get("helmVersion", plan.helm_version);
  in.each("steps", plan.steps, read_step);
  in.get("warnings", plan.warnings).get("images", plan.images);
  WEFT_CHECK(in.done());
  return plan;
}

}  // namespace weft::lifecycle
