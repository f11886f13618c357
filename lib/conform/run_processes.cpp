#include "lib/conform/run_processes.h"

#include <csignal>
#include <filesystem>
#include <thread>

#include "lib/base/file.h"
#include "lib/base/format.h"
#include "lib/base/number.h"
#include "lib/base/text.h"

namespace weft::conform {
namespace {

// Of all processes whose environment may be read.
std::vector<pid_t> processes_of(const std::string& run) {
  const std::string wanted = fmt::format("{}={}", kRunVariable, run);
  std::vector<pid_t> out;
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", none)) {
    const auto pid = base::parse_int(entry.path().filename().string());
    if (!pid || *pid <= 1) continue;
    const auto environment = base::read_file(entry.path().string() + "/environ", 1u << 20);
    if (!environment.ok()) continue;
    for (const std::string_view variable : base::split(*environment, '\0'))
      if (variable == wanted) out.push_back(static_cast<pid_t>(*pid));
  }
  return out;
}

}  // namespace

base::Result<proc::Finished> RunProcesses::run(const proc::Command& command) {
  proc::Command own = command;
  own.env[std::string(kRunVariable)] = run_;
  return runner_.run(own);
}

void end_processes(const std::string& run) {
  using namespace std::chrono_literals;
  for (int i = 0; i < 100; ++i) {
    const auto left = processes_of(run);
    if (left.empty()) return;
    for (const pid_t pid : left) ::kill(pid, SIGKILL);
    std::this_thread::sleep_for(10ms);
  }
}

}  // namespace weft::conform
