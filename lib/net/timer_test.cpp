#include "lib/net/timer.h"

#include <catch2/catch.hpp>
#include <memory>
#include <random>
#include <vector>

using std::chrono::milliseconds;
using weft::base::MonoTime;
using weft::net::Timer;
using weft::net::Timers;

namespace {

MonoTime at(int ms) { return MonoTime(milliseconds(ms)); }

}  // namespace

TEST_CASE("timers run in the order of their time, each once") {
  std::vector<int> order;
  Timers timers;
  Timer late([&] { order.push_back(3); });
  Timer early([&] { order.push_back(1); });
  Timer middle([&] { order.push_back(2); });
  timers.set(late, at(30));
  timers.set(early, at(10));
  timers.set(middle, at(20));
  timers.run_due(at(20));
  CHECK(order == std::vector{1, 2});
  timers.run_due(at(100));
  timers.run_due(at(200));
  CHECK(order == std::vector{1, 2, 3});
  CHECK_FALSE(timers.next());
}

TEST_CASE("a postponed timer does not run at its old time") {
  int runs = 0;
  Timers timers;
  Timer timer([&] { ++runs; });
  timers.set(timer, at(10));
  timers.set(timer, at(50));
  timers.run_due(at(49));
  CHECK(runs == 0);
  CHECK(timers.next() == at(50));
  timers.run_due(at(50));
  CHECK(runs == 1);
}

TEST_CASE("a timer that is brought forward runs at its new time") {
  int runs = 0;
  Timers timers;
  Timer timer([&] { ++runs; });
  timers.set(timer, at(50));
  timers.set(timer, at(10));
  timers.run_due(at(10));
  CHECK(runs == 1);
}

TEST_CASE("a cancelled or destroyed timer does not run") {
  int runs = 0;
  Timers timers;
  Timer cancelled([&] { ++runs; });
  auto destroyed = std::make_unique<Timer>([&] { ++runs; });
  timers.set(cancelled, at(10));
  timers.set(*destroyed, at(10));
  timers.cancel(cancelled);
  destroyed.reset();
  timers.run_due(at(20));
  CHECK(runs == 0);
  timers.set(cancelled, at(30));
  timers.run_due(at(30));
  CHECK(runs == 1);
}

TEST_CASE("a timer may set itself again and destroy itself while it runs") {
  int runs = 0;
  Timers timers;
  std::unique_ptr<Timer> timer;
  timer = std::make_unique<Timer>([&] {
    if (++runs < 3)
      timers.set(*timer, at(10 * (runs + 1)));
    else
      timer.reset();
  });
  timers.set(*timer, at(10));
  for (int ms = 0; ms <= 50; ++ms) timers.run_due(at(ms));
  CHECK(runs == 3);
  CHECK(timers.size() == 0);
}

TEST_CASE("many timers, moved and cancelled at random, run when they are due") {
  std::mt19937 random(1);
  Timers timers;
  struct Subject {
    std::unique_ptr<Timer> timer;
    int due = -1;  // -1: must not run
    int ran_at = -1;
  };
  int now = 0;
  std::vector<Subject> subjects(300);
  for (Subject& subject : subjects)
    subject.timer = std::make_unique<Timer>([&subject, &now] { subject.ran_at = now; });
  for (int step = 0; step < 3000; ++step) {
    Subject& subject = subjects[random() % subjects.size()];
    if (random() % 4 == 0) {
      timers.cancel(*subject.timer);
      subject.due = -1;
    } else {
      subject.due = 1 + static_cast<int>(random() % 1000);
      timers.set(*subject.timer, at(subject.due));
    }
  }
  for (now = 0; now <= 1000; ++now) timers.run_due(at(now));
  for (const Subject& subject : subjects) CHECK(subject.ran_at == subject.due);
}
