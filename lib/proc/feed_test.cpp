#include "lib/proc/feed.h"

#include <poll.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <thread>
#include <vector>

using weft::proc::Feed;

namespace {

bool readable(const Feed& feed) {
  pollfd one{feed.descriptor(), POLLIN, 0};
  return ::poll(&one, 1, 0) == 1;
}

}  // namespace

TEST_CASE("what is written comes once, in its order, and tells of itself") {
  Feed feed;
  std::string text = "0";
  CHECK_FALSE(readable(feed));
  CHECK_FALSE(feed.take(text));
  CHECK(text == "0");
  feed.write("1");
  feed.write("23");
  CHECK(readable(feed));
  CHECK_FALSE(feed.take(text));
  CHECK(text == "0123");
  CHECK_FALSE(readable(feed));
  CHECK_FALSE(feed.take(text));
  CHECK(text == "0123");
}

TEST_CASE("the end comes behind what was written, and stays") {
  Feed feed;
  feed.write("last");
  feed.close();
  std::string text;
  CHECK(readable(feed));
  CHECK(feed.take(text));
  CHECK(text == "last");
  CHECK(feed.take(text));
  CHECK(text == "last");
}

TEST_CASE("writers of several threads lose nothing") {
  Feed feed;
  constexpr int kThreads = 4, kWrites = 2000;
  std::vector<std::jthread> writers;
  writers.reserve(kThreads);
  for (int i = 0; i < kThreads; ++i)
    writers.emplace_back([&feed, i] {
      for (int k = 0; k < kWrites; ++k) feed.write(std::string(1, static_cast<char>('a' + i)));
    });
  std::string text;
  while (text.size() < std::size_t{kThreads} * kWrites) {
    pollfd one{feed.descriptor(), POLLIN, 0};
    REQUIRE(::poll(&one, 1, 10'000) == 1);
    REQUIRE_FALSE(feed.take(text));
  }
  writers.clear();
  for (int i = 0; i < kThreads; ++i)
    CHECK(std::count(text.begin(), text.end(), static_cast<char>('a' + i)) == kWrites);
  CHECK_FALSE(readable(feed));
}
