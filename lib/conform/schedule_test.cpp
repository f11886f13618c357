#include "lib/conform/schedule.h"

#include <catch2/catch.hpp>
#include <thread>

using namespace weft::conform;

TEST_CASE("tests with services of their own run side by side, others alone on their stage") {
  Schedule schedule({{0, Isolation::service},
                     {0, Isolation::service},
                     {0, Isolation::ns},
                     {1, Isolation::ns},
                     {1, Isolation::ns}},
                    2);
  schedule.ready(0);
  schedule.ready(1);
  CHECK(schedule.next() == 0u);
  CHECK(schedule.next() == 1u);
  CHECK(schedule.next() == 3u);
  schedule.done(0);
  schedule.done(1);
  CHECK(schedule.next() == 2u);
  schedule.done(3);
  CHECK(schedule.next() == 4u);
  CHECK_FALSE(schedule.next().has_value());
}

TEST_CASE("an exclusive test waits for those before it and holds up those behind it") {
  Schedule schedule({{0, Isolation::service}, {0, Isolation::exclusive}, {1, Isolation::service}},
                    2);
  schedule.ready(0);
  schedule.ready(1);
  CHECK(schedule.next() == 0u);
  std::thread other([&] {
    CHECK(schedule.next() == 1u);
    schedule.done(1);
  });
  schedule.done(0);
  other.join();
  CHECK(schedule.next() == 2u);
}

TEST_CASE("a stage that is not ready holds up its tests and no others") {
  Schedule schedule({{0, Isolation::service}, {1, Isolation::service}}, 2);
  schedule.ready(1);
  CHECK(schedule.next() == 1u);
  schedule.ready(0);
  CHECK(schedule.next() == 0u);
}

TEST_CASE("when it ends nothing more is given, whatever waits") {
  Schedule schedule({{0, Isolation::service}}, 1);
  std::thread other([&] { CHECK_FALSE(schedule.next().has_value()); });
  schedule.end();
  other.join();
}
