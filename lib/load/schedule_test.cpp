#include "lib/load/schedule.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

using namespace weft;
using load::Arrival;
using load::Share;

namespace {

constexpr std::uint64_t kSecond = 1'000'000'000;

std::vector<std::uint64_t> all(const Share& share, std::size_t limit) {
  std::vector<std::uint64_t> due;
  for (load::Schedule schedule(share); !schedule.finished() && due.size() < limit; schedule.pop())
    due.push_back(schedule.next_due());
  return due;
}

std::vector<std::uint64_t> merged(Share share, unsigned workers) {
  std::vector<std::uint64_t> due;
  share.workers = workers;
  for (share.worker = 0; share.worker < workers; ++share.worker) {
    const auto part = all(share, 1'000'000);
    due.insert(due.end(), part.begin(), part.end());
  }
  std::sort(due.begin(), due.end());
  return due;
}

}  // namespace

TEST_CASE("uniform arrival k is due at floor(k * 10^9 / rate), for whole and fractional rates") {
  // rate as a fraction, so that the expectation is computed in integers
  struct Row {
    double qps;
    std::uint64_t numerator, denominator;
  };
  for (const Row& row :
       {Row{1000, 1000, 1}, Row{3, 3, 1}, Row{0.1, 1, 10}, Row{7.3, 73, 10},
        Row{30000.7, 300007, 10}, Row{1e6, 1'000'000, 1}, Row{1 / 3.0, 333333, 1'000'000}}) {
    INFO(row.qps);
    const auto due = all({.qps = row.qps}, 10'000);
    REQUIRE(due.size() == 10'000);
    for (std::uint64_t k = 0; k < due.size(); ++k)
      if (due[k] != k * kSecond * row.denominator / row.numerator) {
        FAIL_CHECK("arrival " << k << " is due at " << due[k]);
        break;
      }
  }
}

TEST_CASE("the uniform shares of the workers together are the one schedule") {
  const Share share{.qps = 333.3, .end_ns = 10 * kSecond};
  const auto one = all(share, 1'000'000);
  CHECK(one.size() == 3333);
  for (const unsigned workers : {2u, 3u, 7u, 64u}) CHECK(merged(share, workers) == one);
}

TEST_CASE("the end is exclusive and the number of requests is kept, however it is shared") {
  CHECK(all({.qps = 10, .end_ns = kSecond}, 100).size() == 10);
  CHECK(all({.qps = 10, .end_ns = kSecond + 1}, 100).size() == 11);
  CHECK(all({.qps = 10, .end_ns = 0}, 100).empty());
  for (const Arrival arrival : {Arrival::uniform, Arrival::poisson}) {
    CHECK(merged({.qps = 10, .arrival = arrival, .requests = 25}, 4).size() == 25);
    CHECK(merged({.qps = 10, .arrival = arrival, .requests = 2}, 4).size() == 2);
    CHECK(all({.qps = 10, .arrival = arrival, .requests = 0}, 4).empty());
  }
}

TEST_CASE("Poisson gaps have the mean and the variance of the exponential law") {
  for (const unsigned workers : {1u, 4u}) {
    const auto due = merged(
        {.qps = 1000, .arrival = Arrival::poisson, .seed = 42, .end_ns = 100 * kSecond}, workers);
    CHECK(due.size() == 100'000);
    CHECK(std::is_sorted(due.begin(), due.end()));
    // The first half holds half of them, with the binomial's standard deviation of 158.
    const auto half = std::lower_bound(due.begin(), due.end(), 50 * kSecond) - due.begin();
    CHECK(half > 49'300);
    CHECK(half < 50'700);
    double sum = 0, squares = 0;
    std::size_t short_gaps = 0;
    for (std::size_t i = 1; i < due.size(); ++i) {
      const auto gap = static_cast<double>(due[i] - due[i - 1]);
      sum += gap;
      squares += gap * gap;
      short_gaps += gap < 1e6 * std::log(2) ? 1 : 0;  // below the median of the law
    }
    const double n = static_cast<double>(due.size() - 1);
    const double mean = sum / n;
    const double deviation = std::sqrt(squares / n - mean * mean);
    CHECK(deviation / mean == Approx(1).margin(0.02));
    CHECK(static_cast<double>(short_gaps) / n == Approx(0.5).margin(0.01));
  }
}

TEST_CASE("a Poisson schedule with an open end keeps its rate") {
  const auto due = all({.qps = 1000, .arrival = Arrival::poisson, .seed = 5}, 100'000);
  // 100 s expected, standard deviation 0.32 s
  CHECK(due.back() > 98'700 * (kSecond / 1000));
  CHECK(due.back() < 101'300 * (kSecond / 1000));
}

TEST_CASE("a seed fixes a Poisson schedule, and workers draw different streams") {
  const Share share{.qps = 100, .arrival = Arrival::poisson, .seed = 7, .workers = 2};
  Share other_seed = share, other_worker = share;
  other_seed.seed = 8;
  other_worker.worker = 1;
  CHECK(all(share, 100) == all(share, 100));
  CHECK(all(share, 100) != all(other_seed, 100));
  CHECK(all(share, 100) != all(other_worker, 100));
}

TEST_CASE("arrivals are counted when due, whether or not they were sent") {
  for (const Arrival arrival : {Arrival::uniform, Arrival::poisson}) {
    const Share share{.qps = 1000, .arrival = arrival, .seed = 3, .end_ns = kSecond};
    const auto due = all(share, 10'000);
    load::Schedule schedule(share);
    for (int i = 0; i < 5; ++i) schedule.pop();
    for (const std::uint64_t ns : {std::uint64_t{0}, kSecond / 3, kSecond / 2, 5 * kSecond}) {
      const auto before = std::lower_bound(due.begin(), due.end(), ns) - due.begin();
      CHECK(schedule.planned_before(ns) == std::max<std::uint64_t>(5, std::uint64_t(before)));
    }
    CHECK(schedule.popped() == 5);
    CHECK(schedule.next_due() == due[5]);
  }
}

TEST_CASE("a burst is one moment, and bursts keep rate, end and number of requests") {
  const auto due = all({.qps = 100, .end_ns = kSecond, .burst = 10}, 1000);
  REQUIRE(due.size() == 100);
  for (std::size_t k = 0; k < due.size(); ++k) CHECK(due[k] == k / 10 * (kSecond / 10));
  for (const Arrival arrival : {Arrival::uniform, Arrival::poisson})
    for (const unsigned workers : {1u, 3u}) {
      CHECK(merged({.qps = 10, .arrival = arrival, .requests = 25, .burst = 10}, workers).size() ==
            25);
      const auto bursts =
          merged({.qps = 1000, .arrival = arrival, .seed = 4, .end_ns = 10 * kSecond, .burst = 5},
                 workers);
      REQUIRE(bursts.size() == 10'000);
      for (std::size_t k = 0; k < bursts.size(); k += 5) CHECK(bursts[k] == bursts[k + 4]);
    }
}

TEST_CASE("a pace moves arrivals to where its rate is, whatever their kind and however shared") {
  const load::Pace pace({{.from = 0, .to = 200, .length = std::chrono::seconds(10)}});
  for (const Arrival arrival : {Arrival::uniform, Arrival::poisson})
    for (const unsigned workers : {1u, 3u}) {
      const auto due =
          merged({.qps = 100, .arrival = arrival, .seed = 9, .end_ns = 10 * kSecond, .pace = &pace},
                 workers);
      REQUIRE(due.size() == 1000);
      CHECK(due.back() < 10 * kSecond);
      // A quarter of the requests of a ramp from 0 comes in its first half; 250 with a standard
      // deviation of 14.
      const auto early = std::lower_bound(due.begin(), due.end(), 5 * kSecond) - due.begin();
      CHECK(early > 190);
      CHECK(early < 310);
      if (arrival == Arrival::uniform) CHECK(early == 250);
    }
}

TEST_CASE("a trace is dealt out in turn and ends with the limits") {
  const std::vector<std::uint64_t> trace{0, 5, 5, 7, 100, 2000};
  CHECK(merged({.trace = trace}, 1) == trace);
  CHECK(merged({.trace = trace}, 4) == trace);
  CHECK(merged({.end_ns = 100, .trace = trace}, 4) == std::vector<std::uint64_t>{0, 5, 5, 7});
  CHECK(merged({.requests = 3, .trace = trace}, 2) == std::vector<std::uint64_t>{0, 5, 5});
}
