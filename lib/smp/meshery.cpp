#include "lib/smp/meshery.h"

#include <cmath>
#include <limits>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/smp/facts.h"
#include "lib/smp/fields.h"
#include "lib/smp/fortio.h"
#include "lib/smp/smp_enums.h"

namespace weft::smp {

namespace {

// The key of either generation.
struct Key {
  std::string_view snake, camel;
};
constexpr Key kRunner{"runner_results", "runnerResults"};

const doc::Value& get(const doc::Value& map, Key key) {
  const doc::Value& value = Fields::at(map, key.snake);
  return value.is_null() ? Fields::at(map, key.camel) : value;
}

std::string text_of(Fields& in, const doc::Value& map, Key key) {
  const std::string value = in.text(map, key.snake);
  return value.empty() ? in.text(map, key.camel) : value;
}

bool is_envelope(const doc::Value& value) {
  return value.find(kRunner.snake) != nullptr || value.find(kRunner.camel) != nullptr;
}

// "4" or "3920m" of Kubernetes' quantities.
std::optional<std::int64_t> cores_of(const std::string& quantity) {
  std::string_view text = quantity;
  const bool milli = text.ends_with('m');
  if (milli) text.remove_suffix(1);
  const auto cores = base::parse_double(text);
  if (!cores || *cores < 0 || *cores > 1e9) return std::nullopt;
  return std::llround(milli ? *cores / 1000 : *cores);
}

std::optional<std::int64_t> megabytes_of(const std::string& quantity) {
  const auto bytes = base::parse_size(quantity);
  if (!bytes) return std::nullopt;
  return static_cast<std::int64_t>(*bytes / 1'000'000);
}

void read_cluster(Fields& in, const doc::Value& runner, Environment& environment) {
  const doc::Value& cluster = in.map(runner, "kubernetes");
  environment.kubernetes_version = in.text(cluster, "server_version");
  const doc::Value& nodes = in.list(cluster, "nodes");
  if (!nodes.is_list()) return;
  for (const doc::Value& entry : nodes.items()) {
    Node node;
    node.type = in.text(entry, "architecture");
    node.cores = cores_of(in.text(entry, "capacity_cpu"));
    node.mem_mb = megabytes_of(in.text(entry, "capacity_memory"));
    environment.nodes.push_back(std::move(node));
  }
}

// test_start_time is the runner's local time marked as UTC: off by its offset, so only the
// runner's own time is used.
void note_lost_offset(Fields& in, const doc::Value& envelope, Run& run) {
  constexpr Key kStart{"test_start_time", "testStartTime"};
  const std::string_view key = envelope.find(kStart.snake) != nullptr ? kStart.snake : kStart.camel;
  const auto stated = in.time(envelope, key);
  if (!run.started || !stated) return;
  const auto lost = between(*run.started, *stated);
  if (!lost) return;
  const auto minutes = std::chrono::round<std::chrono::minutes>(*lost);
  if (minutes.count() == 0) return;
  run.warnings.push_back(
      fmt::format("{} is off by {} from the start that the load generator states; "
                  "Meshery drops the UTC offset, so it is not used",
                  key, base::format_duration(minutes)));
}

base::Result<Run> read_result(const doc::Document& document, const doc::Value& envelope,
                              const doc::Value& runner) {
  WEFT_TRY(run, read_fortio(document, runner));
  Fields in(document);
  run.origin.dialect = "D5";
  if (const auto name = in.text(envelope, "name"); !name.empty()) run.name = name;
  const std::string mesh = in.text(envelope, "mesh");
  run.mesh.type = mesh_of_text(mesh).value_or(base::lower(base::trim(mesh)));
  run.test_id = text_of(in, envelope, {"test_id", "testId"});
  const std::pair<const char*, Key> labels[] = {
      {"meshery.id", {"meshery_id", "mesheryId"}},
      {"meshery.profile", {"performance_profile", "performanceProfile"}}};
  for (const auto& [label, key] : labels)
    if (const auto value = text_of(in, envelope, key); !value.empty()) run.labels[label] = value;
  read_cluster(in, runner, run.environment);
  note_lost_offset(in, envelope, run);
  WEFT_CHECK(in.status());
  return run;
}

// The envelopes of a page, a list, an event or a single result.
std::vector<const doc::Value*> envelopes_of(const doc::Value& root) {
  const doc::Value* list = root.is_list() ? &root : root.find("results");
  std::vector<const doc::Value*> envelopes;
  if (list == nullptr) {
    const doc::Value* result = root.find("result");
    envelopes.push_back(result != nullptr ? result : &root);
  } else if (list->is_list()) {
    for (const doc::Value& item : list->items()) envelopes.push_back(&item);
  }
  return envelopes;
}

}  // namespace

bool is_meshery(const doc::Value& root) {
  const auto envelopes = envelopes_of(root);
  return !envelopes.empty() && is_envelope(*envelopes.front());
}

base::Result<std::vector<Run>> read_meshery(const doc::Document& document) {
  std::vector<Run> runs;
  std::size_t without = 0;
  for (const doc::Value* envelope : envelopes_of(document.root)) {
    const doc::Value& runner = get(*envelope, kRunner);
    std::size_t read = 0;
    const auto add = [&](const doc::Value& result) -> base::Result<void> {
      if (result.size() == 0) return {};
      WEFT_TRY(run, read_result(document, *envelope, result));
      runs.push_back(std::move(run));
      ++read;
      return {};
    };
    if (runner.is_list()) {
      for (const doc::Value& result : runner.items()) WEFT_CHECK(add(result));
    } else {
      WEFT_CHECK(add(runner));
    }
    without += read == 0;
  }
  if (runs.empty())
    return document.error(document.root.position(), "the Meshery results hold no runner results",
                          "export results of finished tests");
  if (without != 0)
    runs.front().warnings.push_back(fmt::format("{} of the file without runner results left out",
                                                base::plural(without, "result")));
  return runs;
}

}  // namespace weft::smp
