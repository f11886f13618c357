// Suites without a cluster: every application is a weft serve in a network namespace of its own,
// beside it an nginx that the reference mesh configures. For testing the tests, and for writing
// suites. Needs root, ip and nginx. Services run in threads that wait for their processes.
//
//   LocalDriver driver({.weft = "/usr/bin/weft", .folder = dir, .name = "weft-1"}, runner);
//   WEFT_TRY(run, run_suites(driver, suites, options));
#pragma once

#include <memory>
#include <mutex>

#include "lib/conform/local_stage.h"
#include "lib/proc/runner.h"

namespace weft::conform {

// What is missing to use it on this machine; empty when nothing is.
std::string missing_for_local(const proc::Runner& runner, bool is_root);

class LocalDriver final : public Driver {
 public:
  // `runner` starts processes from several threads.
  LocalDriver(LocalOptions options, proc::Runner& runner);
  ~LocalDriver() override { stop({}); }

  base::Result<Served> served() override { return options_.served; }
  base::Result<void> check(const std::vector<SuiteSpec>& suites) override;
  base::Result<Stage*> stage(const SuiteSpec& suite) override;
  void describe(Run&) override {}
  base::Result<std::string> raw(const std::string& path) override;
  std::vector<std::string> stop(const std::set<std::string>& kept) override;

 private:
  LocalOptions options_;
  proc::Runner& runner_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<LocalStage>> stages_;
};

// Ends and removes what a run that was killed has left on this machine, by its journal. What
// cannot be removed, in words.
std::vector<std::string> clean_local(const JournalFile& journal, proc::Runner& runner);

}  // namespace weft::conform
