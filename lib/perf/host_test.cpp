#include "lib/perf/host.h"

#include <catch2/catch.hpp>

#include "lib/base/file.h"
#include "lib/testkit/temp_dir.h"

using weft::perf::read_host;
using weft::testkit::TempDir;

TEST_CASE("the facts of a machine come from its /proc, /sys and os-release") {
  TempDir root;
  const auto write = [&](const std::string& path, const std::string& text) {
    REQUIRE(weft::base::write_file(root.path() + path, text).ok());
  };
  write("/etc/os-release", "NAME=\"Debian\"\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n");
  write("/proc/sys/kernel/osrelease", "6.1.0-25-amd64\n");
  write("/proc/cpuinfo", "processor\t: 0\nmodel name\t: AMD EPYC 7B13\nflags\t: fpu\n");
  write("/proc/meminfo", "MemTotal:        8048576 kB\nMemFree:  100 kB\n");
  write("/sys/devices/system/clocksource/clocksource0/current_clocksource", "tsc\n");
  auto facts = read_host(root.path());
  CHECK(std::stoi(facts["cpus"]) >= 1);
  facts.erase("cpus");
  CHECK(facts == weft::smp::Labels{{"os", "Debian GNU/Linux 12 (bookworm)"},
                                   {"kernel", "6.1.0-25-amd64"},
                                   {"cpu", "AMD EPYC 7B13"},
                                   {"memory_mb", "8241"},
                                   {"clock", "tsc"}});
}

TEST_CASE("what a machine does not tell is left out") {
  TempDir root;
  auto facts = read_host(root.path());
  CHECK(facts.size() == 1);
  CHECK(facts.count("cpus") == 1);
}
