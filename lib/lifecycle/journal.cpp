#include "lib/lifecycle/journal.h"

#include <filesystem>

#include "lib/base/file.h"
#include "lib/base/format.h"
#include "lib/doc/write.h"
#include "lib/kube/errors.h"

namespace weft::lifecycle {

using namespace mesh;

using base::Result;

Result<void> Journal::begin(Operation op) {
  lifecycle::begin(record_, std::move(op));
  return write();
}

Result<void> Journal::enter(const std::string& step) {
  if (record_.op.step == step) return {};  // begin() told it
  record_.op.step = step;
  WEFT_CHECK(written());
  if (local_ || !work_.side_by_side) return write();
  writing_ = std::async(std::launch::async,
                        [this, map = to_config_map(record_, ns_)] { return apply(map); });
  return {};
}

Result<void> Journal::written() { return writing_.valid() ? writing_.get() : Result<void>(); }

void Journal::end(Phase phase, std::string reason) {
  lifecycle::end(record_, phase, work_.clock.wall(), std::move(reason));
  const auto written = write();
  if (!written.ok())
    work_.tell({.text = fmt::format("the record of this operation could not be written: {}",
                                    written.error().message)});
}

Result<void> Journal::apply(const kube::Object& config_map) {
  WEFT_CHECK(
      work_.last_words().apply({config_map}, {.force = true, .dry_run = false, .manager = "weft"}));
  return {};
}

Result<void> Journal::write() {
  static_cast<void>(written().ok());  // all of it is written now
  if (!local_) {
    const auto applied = apply(to_config_map(record_, ns_));
    if (applied.ok()) return {};
    if (state_folder_.empty() || kube::failure_of(applied.error()) != kube::Failure::forbidden)
      return applied.error();
    local_ = true;
    work_.tell(
        {.text = "the cluster allows no ConfigMap here: the record is kept on this machine"});
  }
  WEFT_TRY(path, record_file(work_, state_folder_, record_.mesh));
  return base::write_file(path, doc::write_json(to_document(record_)));
}

Result<void> Journal::forget() {
  static_cast<void>(written().ok());
  if (local_) {
    WEFT_TRY(path, record_file(work_, state_folder_, record_.mesh));
    std::error_code ignored;
    std::filesystem::remove(path, ignored);
    return {};
  }
  return work_.cluster.remove({kube::make_ref("v1", "ConfigMap", ns_, record_name(record_.mesh))},
                              {});
}

}  // namespace weft::lifecycle
