#include "lib/net/http2_memory.h"

#include <catch2/catch.hpp>
#include <cstring>
#include <thread>
#include <vector>

namespace {

struct Memory {
  nghttp2_mem* mem = weft::net::http2_memory();

  char* take(std::size_t size) const {
    auto* block = static_cast<char*>(mem->malloc(size, mem->mem_user_data));
    REQUIRE(block != nullptr);
    std::memset(block, 0x5a, size);
    return block;
  }
  void give_back(void* block) const { mem->free(block, mem->mem_user_data); }
};

}  // namespace

TEST_CASE("a block that was returned is the next of its size") {
  const Memory memory;
  char* const first = memory.take(100);
  memory.give_back(first);
  char* const second = memory.take(100);
  CHECK(static_cast<void*>(second) == static_cast<void*>(first));
  memory.give_back(second);
  memory.give_back(nullptr);
}

TEST_CASE("blocks of every size, taken at once, do not overlap") {
  const Memory memory;
  std::vector<std::pair<char*, std::size_t>> taken;
  for (int round = 0; round < 3; ++round) {
    for (std::size_t size = 1; size < 20'000; size = size * 3 / 2 + 1) {
      taken.emplace_back(memory.take(size), size);
      std::memset(taken.back().first, static_cast<int>(taken.size() % 251), size);
    }
    for (std::size_t i = 0; i < taken.size(); ++i)
      for (std::size_t at = 0; at < taken[i].second; ++at)
        REQUIRE(static_cast<unsigned char>(taken[i].first[at]) == (i + 1) % 251);
    for (const auto& [block, size] : taken) memory.give_back(block);
    taken.clear();
  }
}

TEST_CASE("a block that grows keeps what it holds, and one of zeros holds zeros") {
  const Memory memory;
  void* const user = memory.mem->mem_user_data;
  char* block = memory.take(48);
  for (const std::size_t size : {49ul, 200ul, 5000ul, 100'000ul}) {
    block = static_cast<char*>(memory.mem->realloc(block, size, user));
    REQUIRE(block != nullptr);
    CHECK(std::string(block, 48) == std::string(48, 0x5a));
  }
  memory.give_back(block);
  memory.give_back(memory.take(10 * 24));
  auto* const zeros = static_cast<char*>(memory.mem->calloc(10, 24, user));
  REQUIRE(zeros != nullptr);
  CHECK(std::string(zeros, 240) == std::string(240, '\0'));
  memory.give_back(zeros);
}

TEST_CASE("a block may be returned on another thread") {
  const Memory memory;
  std::vector<char*> blocks;
  for (int i = 0; i < 500; ++i) blocks.push_back(memory.take(120));
  std::thread([&] {
    for (char* block : blocks) memory.give_back(block);
    char* const own = memory.take(120);
    memory.give_back(own);
  }).join();
  memory.give_back(memory.take(120));
}
