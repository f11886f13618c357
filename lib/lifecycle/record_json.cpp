#include <optional>

#include "lib/doc/decode.h"
#include "lib/lifecycle/record.h"

namespace weft::lifecycle {

namespace {

using doc::Fields;
using doc::Value;

Value list_of(const std::vector<std::string>& texts) {
  Value list = Value::list();
  for (const auto& text : texts) list.push(text);
  return list;
}

template <typename Item>
Value list_of(const std::vector<Item>& items, Value (*document_of)(const Item&)) {
  Value list = Value::list();
  for (const Item& item : items) list.push(document_of(item));
  return list;
}

void set_unless_empty(Value& out, const char* key, const std::string& text) {
  if (!text.empty()) out.set(key, text);
}

Value operation_document(const Operation& op) {
  Value out;
  out.set("id", op.id).set("verb", op.verb).set("startedAt", base::format_rfc3339(op.started));
  if (op.phase != Phase::running) out.set("endedAt", base::format_rfc3339(op.ended));
  out.set("phase", name_of(op.phase));
  set_unless_empty(out, "from", op.from);
  set_unless_empty(out, "to", op.to);
  set_unless_empty(out, "step", op.step);
  set_unless_empty(out, "reason", op.reason);
  return out;
}

Value step_document(const RecordedStep& step) {
  Value out;
  out.set("release", step.release)
      .set("namespace", step.ns)
      .set("chart", step.chart)
      .set("version", step.version)
      .set("digest", step.digest)
      .set("valuesSha256", step.values_sha256)
      .set("revision", step.revision)
      .set("status", step.status);
  return out;
}

Value crd_document(const CreatedCrd& crd) {
  Value out;
  out.set("name", crd.name).set("existedBefore", crd.existed_before);
  return out;
}

Value object_document(const kube::Ref& ref) {
  Value out;
  out.set("apiVersion", ref.api_version())
      .set("kind", ref.kind)
      .set("namespace", ref.ns)
      .set("name", ref.name);
  return out;
}

void read_object(Fields& in, kube::Ref& ref) {
  std::string api_version, kind, ns, name;
  in.need("apiVersion", api_version).need("kind", kind).get("namespace", ns).need("name", name);
  ref = kube::make_ref(api_version, kind, ns, name);
}

void read_operation(Fields& in, Operation& op) {
  std::string phase(name_of(op.phase));
  in.need("id", op.id).need("verb", op.verb).get("phase", phase).get("from", op.from);
  in.get("to", op.to).get("step", op.step).get("reason", op.reason);
  std::optional<base::WallTime> started, ended;
  in.time("startedAt", started).time("endedAt", ended);
  op.started = started.value_or(base::WallTime{});
  op.ended = ended.value_or(base::WallTime{});
  op.phase = Phase::failed;  // a word of a later version: at least it is over
  for (int i = 0; i <= static_cast<int>(Phase::interrupted); ++i)
    if (name_of(static_cast<Phase>(i)) == phase) op.phase = static_cast<Phase>(i);
}

void read_step(Fields& in, RecordedStep& step) {
  in.need("release", step.release).need("namespace", step.ns).get("chart", step.chart);
  in.get("version", step.version).get("digest", step.digest).get("revision", step.revision);
  in.get("valuesSha256", step.values_sha256).get("status", step.status);
}

}  // namespace

Value to_document(const Record& record) {
  Value created;
  created.set("namespaces", list_of(record.namespaces))
      .set("crds", list_of(record.crds, crd_document))
      .set("objects", list_of(record.objects, object_document));
  Value out;
  out.set("schema", 1).set("mesh", record.mesh);
  set_unless_empty(out, "revision", record.revision);
  set_unless_empty(out, "mode", record.mode);
  set_unless_empty(out, "profile", record.profile);
  out.set("version", record.version)
      .set("weft", record.weft)
      .set("features", list_of(record.features))
      .set("values", record.values);
  set_unless_empty(out, "registry", record.registry);
  if (!record.canary.revision.empty())
    out.set("canary",
            Value().set("revision", record.canary.revision).set("version", record.canary.version));
  out.set("op", operation_document(record.op))
      .set("steps", list_of(record.steps, step_document))
      .set("created", std::move(created))
      .set("onboarded", list_of(record.onboarded))
      .set("history", list_of(record.history, operation_document));
  return out;
}

base::Result<Record> read_record(const doc::Document& document) {
  Record record;
  std::int64_t schema = 0;
  Fields in(document, doc::Unknown::ignored);
  in.need("schema", schema);
  if (in.ok() && schema != 1)
    in.fail("schema", "is of another version of weft",
            "use the weft that wrote it, or a newer one");
  in.need("mesh", record.mesh).get("revision", record.revision).get("mode", record.mode);
  in.get("profile", record.profile).get("version", record.version).get("weft", record.weft);
  in.get("features", record.features).get("registry", record.registry);
  if (const Value* values = in.find("values")) record.values = *values;
  in.part("canary", record.canary, [](Fields& f, CanaryRecord& canary) {
    f.need("revision", canary.revision).get("version", canary.version);
  });
  in.part("op", record.op, read_operation).each("steps", record.steps, read_step);
  in.part("created", record, [](Fields& created, Record& out) {
    created.get("namespaces", out.namespaces).each("objects", out.objects, read_object);
    created.each("crds", out.crds, [](Fields& f, CreatedCrd& crd) {
      f.need("name", crd.name).get("existedBefore", crd.existed_before);
    });
  });
  in.get("onboarded", record.onboarded).each("history", record.history, read_operation);
  WEFT_CHECK(in.done());
  return record;
}

}  // namespace weft::lifecycle
