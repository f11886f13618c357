#include "lib/lifecycle/record.h"

#include <algorithm>
#include <array>

#include "lib/base/format.h"
#include "lib/doc/read.h"
#include "lib/doc/write.h"

namespace weft::lifecycle {

namespace {

constexpr std::array<std::string_view, 5> kPhases{"running", "done", "failed", "rolledBack",
                                                  "interrupted"};
constexpr const char* kKey = "record.json";

std::string text_at(const doc::Value& value, std::string_view key) {
  const doc::Value* found = value.find(key);
  return found != nullptr && found->is_string() ? found->string().str() : std::string();
}

}  // namespace

std::string_view name_of(Phase phase) { return kPhases[static_cast<std::size_t>(phase)]; }

std::string record_name(std::string_view mesh) { return fmt::format("weft-install-{}", mesh); }

void begin(Record& record, Operation op) {
  if (!record.op.id.empty()) record.history.insert(record.history.begin(), record.op);
  if (record.history.size() > kHistory) record.history.resize(kHistory);
  record.op = std::move(op);
}

void end(Record& record, Phase phase, base::WallTime now, std::string reason) {
  record.op.phase = phase;
  record.op.ended = now;
  record.op.reason = std::move(reason);
}

const RecordedStep* find_step(const Record& record, std::string_view release, std::string_view ns) {
  for (const RecordedStep& step : record.steps)
    if (step.release == release && step.ns == ns) return &step;
  return nullptr;
}

void put_step(Record& record, RecordedStep step) {
  for (RecordedStep& known : record.steps)
    if (known.release == step.release && known.ns == step.ns) {
      known = std::move(step);
      return;
    }
  record.steps.push_back(std::move(step));
}

doc::Value to_config_map(const Record& record, const std::string& ns) {
  doc::Value labels;
  labels.set("weft.dev/record", "install").set("weft.dev/mesh", record.mesh);
  doc::Value metadata;
  metadata.set("name", record_name(record.mesh))
      .set("namespace", ns)
      .set("labels", std::move(labels));
  doc::Value data;
  data.set(kKey, doc::write_json(to_document(record)));
  doc::Value out;
  out.set("apiVersion", "v1")
      .set("kind", "ConfigMap")
      .set("metadata", std::move(metadata))
      .set("data", std::move(data));
  return out;
}

base::Result<Record> from_config_map(const doc::Value& config_map) {
  const doc::Value* metadata = config_map.find("metadata");
  const std::string name = metadata == nullptr
                               ? "without a name"
                               : text_at(*metadata, "namespace") + "/" + text_at(*metadata, "name");
  const doc::Value* data = config_map.find("data");
  const std::string text = data == nullptr ? std::string() : text_at(*data, kKey);
  WEFT_TRY(document, doc::read_json(doc::Source{fmt::format("ConfigMap {}", name), text}));
  return read_record(document);
}

}  // namespace weft::lifecycle
