// A Runner without processes: it answers the calls it was told about. A call it does not know and
// an answer that nobody asked for both fail the test.
//
//   testkit::FakeRunner runner;
//   runner.on("kubectl version --client", {.out = "v1.30.0\n"});
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "lib/proc/runner.h"

namespace weft::testkit {

class FakeRunner : public proc::Runner {
 public:
  ~FakeRunner() override;

  // `command` is Command::text() with the bare program name. Several answers to the same command
  // are given in turn, each once. The program counts as being on the PATH.
  FakeRunner& on(const std::string& command, base::Result<proc::Finished> answer);
  FakeRunner& on(const std::string& command, proc::Finished answer);
  // On the PATH, but not to be run.
  FakeRunner& has(const std::string& program);

  base::Result<proc::Finished> run(const proc::Command& command) override;
  std::optional<std::string> find(const std::string& program) const override;

  const std::vector<proc::Command>& calls() const { return calls_; }
  // What went wrong so far: calls not foreseen, answers not asked for. The destructor reports it.
  std::vector<std::string> problems() const;
  void forgive() { answers_.clear(), unknown_.clear(); }

 private:
  std::map<std::string, std::vector<base::Result<proc::Finished>>> answers_;
  std::set<std::string> programs_;
  std::vector<proc::Command> calls_;
  std::vector<std::string> unknown_;
};

}  // namespace weft::testkit
