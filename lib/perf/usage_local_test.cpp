#include "lib/perf/usage_local.h"

#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <cstdio>

#include "lib/base/file.h"
#include "lib/base/format.h"
#include "lib/proc/system_runner.h"
#include "lib/testkit/temp_dir.h"

namespace weft::perf {
namespace {

using namespace std::chrono_literals;

UsageSource source(std::string_view text) {
  auto parsed = parse_usage(text);
  REQUIRE(parsed.ok());
  return *std::move(parsed);
}

struct Groups {
  testkit::TempDir root;
  UsageReach reach{.root = root.path(), .clock = base::system_clock()};
  void put(const std::string& name, const std::string& text) {
    REQUIRE(base::write_file(root.path() + "/sys/fs/cgroup/" + name, text).ok());
  }
};

TEST_CASE("a control group tells its use and its limits") {
  Groups groups;
  groups.put("envoy/cpu.stat", "usage_usec 2500000\nuser_usec 1\n");
  groups.put("envoy/memory.current", "64000000\n");
  groups.put("envoy/memory.stat", "anon 1\ninactive_file 4000000\n");
  groups.put("envoy/cpu.max", "200000 100000\n");
  groups.put("envoy/memory.max", "max\n");
  const auto reading = read_cgroup(source("dp=cgroup:envoy"), groups.reach);
  REQUIRE(reading.ok());
  CHECK(*reading->cpu_seconds == Approx(2.5));
  CHECK(reading->mem_mb == 60);  // as kubelets count: without files that could go at once
  CHECK(reading->cpu_mcores_assigned == 2000);
  CHECK_FALSE(reading->mem_mb_assigned);
  CHECK(read_cgroup(source("dp=cgroup:gone"), groups.reach).error().message ==
        "the use of dp=cgroup:gone cannot be read");
  groups.put("envoy/cpu.max", "max 100000\n");
  CHECK_FALSE(read_cgroup(source("dp=cgroup:envoy"), groups.reach)->cpu_mcores_assigned);
  groups.put("envoy/memory.current", "many\n");
  CHECK(read_cgroup(source("dp=cgroup:envoy"), groups.reach).error().code == base::ExitCode::input);
}

TEST_CASE("so does one of version 1, whose controllers have trees of their own") {
  Groups groups;
  groups.put("cpuacct/pods/envoy/cpuacct.usage", "2500000000\n");
  groups.put("memory/pods/envoy/memory.usage_in_bytes", "64000000\n");
  groups.put("memory/pods/envoy/memory.stat", "inactive_file 1\ntotal_inactive_file 4000000\n");
  groups.put("memory/pods/envoy/memory.limit_in_bytes", "9223372036854771712\n");
  groups.put("cpu/pods/envoy/cpu.cfs_quota_us", "50000\n");
  groups.put("cpu/pods/envoy/cpu.cfs_period_us", "100000\n");
  const auto reading = read_cgroup(source("dp=cgroup:/sys/fs/cgroup/pods/envoy"), groups.reach);
  REQUIRE(reading.ok());
  CHECK(*reading->cpu_seconds == Approx(2.5));
  CHECK(reading->mem_mb == 60);
  CHECK(reading->cpu_mcores_assigned == 500);
  CHECK_FALSE(reading->mem_mb_assigned);
  groups.put("cpu/pods/envoy/cpu.cfs_quota_us", "-1\n");
  groups.put("memory/pods/envoy/memory.limit_in_bytes", "128000000\n");
  const auto other = read_cgroup(source("dp=cgroup:pods/envoy"), groups.reach);
  CHECK_FALSE(other->cpu_mcores_assigned);
  CHECK(other->mem_mb_assigned == 128);
}

// A group of our own below /sys/fs/cgroup, of the version that is there; `ok` tells whether it may
// be made.
class RealGroup {
 public:
  RealGroup() {
    const std::string mount = "/sys/fs/cgroup/";
    const bool two = ::access((mount + "cgroup.controllers").c_str(), F_OK) == 0;
    std::vector<std::string> trees{mount};
    if (!two) trees = {mount + "cpuacct/", mount + "memory/"};
    for (const std::string& tree : trees) {
      folders_.push_back(tree + name);
      ok = ok && ::mkdir(folders_.back().c_str(), 0755) == 0;
    }
    const char* memory = two ? "/memory.current" : "/memory.usage_in_bytes";
    ok = ok && ::access((folders_.back() + memory).c_str(), R_OK) == 0;
  }
  ~RealGroup() {
    for (const std::string& folder : folders_) ::rmdir(folder.c_str());
  }
  // A shell that joins the group, and does that.
  std::vector<std::string> command(const std::string& script) const {
    std::string join;
    for (const std::string& folder : folders_) join += "echo $$ > " + folder + "/cgroup.procs && ";
    return {"/bin/sh", "-c", join + script};
  }
  const std::string name = fmt::format("weft-test-{}", ::getpid());
  bool ok = true;

 private:
  std::vector<std::string> folders_;
};

TEST_CASE("a real control group is read while a program works in it") {
  const RealGroup group;
  if (!group.ok) {
    WARN("control groups may not be made here: not run");
    return;
  }
  proc::SystemRunner runner(base::Environment::of_process());
  UsageWatch watch({source("app=cgroup:" + group.name)}, {.clock = base::system_clock()});
  REQUIRE(watch.begin().ok());
  smp::Run run;
  run.started = base::system_clock().wall();
  // The shell's own account of its time.
  const auto done = runner.run(
      {.argv = group.command("i=0; while [ $i -lt 400000 ]; do i=$((i+1)); done; times")});
  run.ended = base::system_clock().wall();
  REQUIRE(done.ok());
  REQUIRE(done->exit_code == 0);
  double user_minutes = 0, user = 0, system_minutes = 0, system = 0;
  REQUIRE(std::sscanf(done->out.c_str(), "%lfm%lfs %lfm%lfs", &user_minutes, &user, &system_minutes,
                      &system) == 4);
  const auto parts = watch.end(run, run.warnings);
  CHECK(run.warnings.empty());
  REQUIRE(parts.contains("app"));
  const double seconds = std::chrono::duration<double>(*run.ended - *run.started).count();
  CHECK(*parts.at("app").cpu_mcores * seconds / 1000 ==
        Approx(user + system).epsilon(0.3).margin(0.05));
  CHECK(*parts.at("app").mem_mb < 100);
}

}  // namespace
}  // namespace weft::perf
