// Somebody sets the clock while a run is under way. The test has the clock of the process in hand:
// a clock_gettime of the program comes before that of the C library.
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <ctime>

#include "lib/load/engine_test.h"

using namespace weft;
using namespace weft::load::testing;

namespace {

std::atomic<long> stepped_by{0};  // s

}  // namespace

extern "C" int clock_gettime(clockid_t clock, timespec* time) noexcept {
  const auto failed = static_cast<int>(::syscall(SYS_clock_gettime, clock, time));
  if (failed == 0 && clock == CLOCK_REALTIME) time->tv_sec += stepped_by.load();
  return failed;
}

TEST_CASE("a clock that is set during a run changes no latency, and is told") {
  for (const long step : {3600L, -3600L}) {
    const TcpServer server([step](Peer& peer) {
      for (int i = 0; peer.read_request(); ++i) {
        if (peer.number() == 0 && i == 10) stepped_by = step;
        peer.send(kOk);
      }
    });
    load::Plan plan = plan_for(server);
    plan.qps = 200;
    plan.duration = 500ms;
    const auto outcome = run(plan);
    stepped_by = 0;
    CHECK(outcome.completed == 100);
    CHECK(outcome.latency.max() < 1'000'000'000);
    CHECK(std::chrono::abs(outcome.clock_step - std::chrono::seconds(step)) < 1s);
    CHECK(outcome.ended - outcome.started < 5s);
    check_that_counts_add_up(outcome);
  }
}
