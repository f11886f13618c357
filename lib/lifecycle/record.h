// What weft remembers of a mesh it installed: what was asked for, what each step left behind and
// the operation that runs or ran last. Kept as JSON in ConfigMap weft-install-<mesh> of the control
// plane's namespace; helm's own release Secrets stay the truth about what is installed. Holds no
// secrets: values under a key that names one are replaced by a reference before they come here.
//
//   Record record{.mesh = "istio", .version = "1.30.3"};
//   begin(record, {.id = id, .verb = "install", .started = now, .step = "istio-base"});
//   ... write it before each step, so that a run that died can be told from one that ended ...
//   end(record, Phase::done, now);
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/clock.h"
#include "lib/base/result.h"
#include "lib/doc/value.h"
#include "lib/kube/object.h"

namespace weft::lifecycle {

enum class Phase { running, done, failed, rolled_back, interrupted };
std::string_view name_of(Phase phase);

struct Operation {
  std::string id;
  std::string verb;    // "install", "upgrade", "uninstall", "rollback"
  std::string from{};  // mesh version before, empty when there was none
  std::string to{};    // mesh version asked for
  base::WallTime started{};
  base::WallTime ended{};  // meaningless while running
  Phase phase = Phase::running;
  std::string step{};    // the release being worked at, or the last one
  std::string reason{};  // of a failure
};

struct RecordedStep {
  std::string release;
  std::string ns;
  std::string chart;
  std::string version{};
  std::string digest{};         // SHA-256 of the chart's content
  std::string values_sha256{};  // of the values file given to helm
  std::int64_t revision = 0;    // of the release, 0 for a step without helm
  std::string status{};         // helm's word at the end of the step
};

struct CanaryRecord {
  std::string revision{};  // empty: there is none
  std::string version{};
};

struct CreatedCrd {
  std::string name;
  bool existed_before = false;
};

struct Record {
  std::string mesh;
  std::string revision{};  // of the control plane, where it has one
  std::string mode{};
  std::string profile{};
  std::string version{};
  std::string weft{};  // version that wrote it
  std::vector<std::string> features{};
  doc::Value values{};  // the user's own, secrets replaced
  std::string registry{};
  CanaryRecord canary{};  // beside it, until it is finished or aborted
  Operation op{};
  std::vector<RecordedStep> steps{};
  std::vector<std::string> namespaces{};  // that weft made
  std::vector<CreatedCrd> crds{};
  std::vector<kube::Ref> objects{};      // made without helm: uninstall removes them one by one
  std::vector<std::string> onboarded{};  // namespaces
  std::vector<Operation> history{};      // newest first, at most kHistory
};

inline constexpr std::size_t kHistory = 10;
inline constexpr const char* kRecordLabel = "weft.dev/record=install";

std::string record_name(std::string_view mesh);

// Starts an operation; one that stands there finished moves into the history.
void begin(Record& record, Operation op);
void end(Record& record, Phase phase, base::WallTime now, std::string reason = {});
const RecordedStep* find_step(const Record& record, std::string_view release, std::string_view ns);
void put_step(Record& record, RecordedStep step);

// The ConfigMap with labels, ready to apply, and back. A ConfigMap whose content cannot be read is
// an input error that names it.
doc::Value to_config_map(const Record& record, const std::string& ns);
base::Result<Record> from_config_map(const doc::Value& config_map);

doc::Value to_document(const Record& record);
base::Result<Record> read_record(const doc::Document& document);

}  // namespace weft::lifecycle
