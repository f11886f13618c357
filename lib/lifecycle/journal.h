// Writes the record of an operation while it goes on: at its beginning, before each step, at its
// end. Where the cluster does not let us keep a ConfigMap the record goes to a local file, and a
// note says so.
//
//   Journal journal(work, record, "istio-system", state_folder);
//   WEFT_CHECK(journal.begin({.id = id, .verb = "install", .started = now}));
//   WEFT_CHECK(journal.enter("istiod"));
//   journal.end(Phase::done);
#pragma once

#include <future>
#include <string>

#include "lib/lifecycle/installed.h"

namespace weft::lifecycle {

class Journal {
 public:
  Journal(Work& work, Record record, std::string ns, std::string state_folder)
      : work_(work),
        record_(std::move(record)),
        ns_(std::move(ns)),
        state_folder_(std::move(state_folder)) {}

  Record& record() { return record_; }
  base::Result<void> begin(Operation op);
  // Written while the step begins: every release of the operation stands in the record already. An
  // error comes with the next call.
  base::Result<void> enter(const std::string& step);
  // A record that cannot be written any more is told as a note: the operation itself is over.
  void end(Phase phase, std::string reason = {});
  // After the last step of an uninstall.
  base::Result<void> forget();

 private:
  base::Result<void> write();
  base::Result<void> apply(const kube::Object& config_map);
  base::Result<void> written();  // what came of enter()

  Work& work_;
  Record record_;
  std::string ns_;
  std::string state_folder_;
  bool local_ = false;
  std::future<base::Result<void>> writing_;
};

}  // namespace weft::lifecycle
