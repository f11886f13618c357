#include "lib/perf/lease.h"

#include <catch2/catch.hpp>

#include "lib/testkit/fake_cluster.h"

namespace weft::perf {
namespace {

using namespace std::chrono_literals;

class StillClock : public base::Clock {
 public:
  base::WallTime wall() const override { return base::WallTime(now); }
  base::MonoTime monotonic() const override { return base::MonoTime(now); }
  base::Nanoseconds now = 500s;
};

struct Fixture {
  testkit::FakeCluster cluster;
  StillClock clock;
  kube::Ref job = kube::make_ref("batch/v1", "Job", "load", "x");
  Lease lease{cluster, job, 60s, clock};

  Fixture() {
    cluster.add(
        "{apiVersion: batch/v1, kind: Job, metadata: {name: x, namespace: load}, "
        "spec: {activeDeadlineSeconds: 60}}");
  }
  // After so much more time: the deadline that the Job has now.
  std::int64_t after(base::Nanoseconds time) {
    clock.now += time;
    lease.renew();
    return kube::int_at(*cluster.find("Job", "load", "x"), {"spec", "activeDeadlineSeconds"});
  }
};

TEST_CASE("a lease is moved on when a quarter of it is over, counted from when the Job was made") {
  Fixture fixture;
  CHECK(fixture.after(0s) == 60);
  CHECK(fixture.after(14'999ms) == 60);
  CHECK(fixture.cluster.calls().empty());
  CHECK(fixture.after(1ms) == 75);
  CHECK(fixture.after(1s) == 75);
  CHECK(fixture.after(14s) == 90);
  CHECK(fixture.after(40'500ms) == 131);  // a late one, and never less than is left: rounded up
  CHECK(fixture.cluster.calls().size() == 3);
}

TEST_CASE("a call that fails is made up for by the next") {
  Fixture fixture;
  fixture.cluster.fail("patch", base::Error{base::ExitCode::cluster, "away"});
  CHECK(fixture.after(15s) == 60);
  CHECK(fixture.after(1s) == 60);
  CHECK(fixture.after(14s) == 90);
}

TEST_CASE("of a Job that is gone nothing comes") {
  Fixture fixture;
  REQUIRE(fixture.cluster.remove({fixture.job}, {}).ok());
  fixture.clock.now += 20s;
  fixture.lease.renew();
  CHECK(fixture.cluster.size() == 0);
}

}  // namespace
}  // namespace weft::perf
