#include "lib/load/idle_lines.h"

#include <array>
#include <catch2/catch.hpp>
#include <numeric>
#include <random>

using namespace weft::load;

namespace {

struct Node {
  std::uint32_t previous = kNoIndex, next = kNoIndex;
};

// 3 connections of 4 lines each: line i is of connection i mod 3.
struct Lines {
  static constexpr std::uint32_t kConnections = 3;
  std::array<Node, 12> nodes;
  IdleLines<Node> idle{nodes, kConnections};
  std::array<std::uint32_t, kConnections> load{};

  Lines() {
    for (std::uint32_t i = 0; i < nodes.size(); ++i) idle.push_back(i);
  }
  std::uint32_t begin() {
    const std::uint32_t index = idle.front();
    idle.remove(index);
    idle.began(index);
    ++load[index % kConnections];
    return index;
  }
  void end(std::uint32_t index) {
    idle.ended(index);
    idle.push_back(index);
    --load[index % kConnections];
  }
};

}  // namespace

TEST_CASE("without connections the line unused for longest is next") {
  std::array<Node, 3> nodes;
  IdleLines<Node> idle(nodes);
  CHECK(idle.empty());
  for (std::uint32_t i = 0; i < 3; ++i) idle.push_back(i);
  idle.remove(0);
  idle.push_back(0);
  CHECK(idle.front() == 1);
}

TEST_CASE("the connection with the fewest requests under way is next, equal ones in turn") {
  Lines lines;
  std::array<std::uint32_t, 12> taken{};
  for (auto& index : taken) index = lines.begin();
  CHECK(lines.idle.empty());
  for (std::size_t i = 0; i < taken.size(); ++i) CHECK(taken[i] % 3 == taken[i % 3] % 3);
  CHECK(taken[0] % 3 + taken[1] % 3 + taken[2] % 3 == 3);
  // One connection answers, the others do not: it has all that comes.
  for (const std::uint32_t index : taken)
    if (index % 3 == 1) lines.end(index);
  for (int i = 0; i < 4; ++i) CHECK(lines.begin() % 3 == 1);
  CHECK(lines.idle.empty());
}

TEST_CASE("a slow connection gets less") {
  Lines lines;
  std::array<unsigned, 3> sent{};
  std::vector<std::uint32_t> stuck;
  for (int i = 0; i < 90; ++i) {
    const std::uint32_t index = lines.begin();
    ++sent[index % 3];
    if (index % 3 == 2)
      stuck.push_back(index);
    else
      lines.end(index);
  }
  CHECK(sent[2] == 1);
  CHECK(sent[0] + sent[1] == 89);
  CHECK(std::max(sent[0], sent[1]) - std::min(sent[0], sent[1]) <= 1);
}

TEST_CASE("whatever order requests begin and end in, the least loaded is next") {
  Lines lines;
  std::mt19937 random(7);
  std::vector<std::uint32_t> under_way;
  for (int step = 0; step < 20'000; ++step) {
    if (!lines.idle.empty() && (under_way.empty() || random() % 2 == 0)) {
      const auto before = lines.load;
      const std::uint32_t index = lines.begin();
      REQUIRE(before[index % 3] == *std::min_element(before.begin(), before.end()));
      under_way.push_back(index);
    } else {
      const std::size_t which = random() % under_way.size();
      lines.end(under_way[which]);
      under_way.erase(under_way.begin() + static_cast<std::ptrdiff_t>(which));
    }
    REQUIRE(std::accumulate(lines.load.begin(), lines.load.end(), 0u) == under_way.size());
  }
}
