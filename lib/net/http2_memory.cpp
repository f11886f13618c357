#include "lib/net/http2_memory.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace weft::net {
namespace {

constexpr std::size_t kStep = 64;      // sizes are rounded up to a multiple
constexpr std::size_t kClasses = 16;   // larger blocks are not kept
constexpr std::uint32_t kKept = 1024;  // of each size

// In front of each block.
struct alignas(std::max_align_t) Block {
  std::size_t size = 0;  // behind it
  Block* next = nullptr;
};

Block* block_of(void* memory) { return static_cast<Block*>(memory) - 1; }

class Pool {
 public:
  ~Pool() {
    for (Block* block : kept_)
      while (block != nullptr) std::free(std::exchange(block, block->next));
  }

  void* take(std::size_t size) {
    const std::size_t place = size == 0 ? 0 : (size - 1) / kStep;
    if (place < kClasses) {
      if (Block* block = kept_[place]) {
        kept_[place] = block->next;
        --counts_[place];
        return block + 1;
      }
      size = (place + 1) * kStep;
    }
    auto* block = static_cast<Block*>(std::malloc(sizeof(Block) + size));
    if (block == nullptr) return nullptr;
    block->size = size;
    return block + 1;
  }

  void give(void* memory) {
    Block* block = block_of(memory);
    const std::size_t place = block->size / kStep - 1;
    if (block->size > kClasses * kStep || counts_[place] == kKept) return std::free(block);
    block->next = kept_[place];
    kept_[place] = block;
    ++counts_[place];
  }

 private:
  std::array<Block*, kClasses> kept_{};
  std::array<std::uint32_t, kClasses> counts_{};
};

thread_local Pool pool;

void* take(std::size_t size, void*) { return pool.take(size); }

void give(void* memory, void*) {
  if (memory != nullptr) pool.give(memory);
}

void* take_zeroed(std::size_t count, std::size_t size, void*) {
  if (size != 0 && count > SIZE_MAX / 2 / size) return nullptr;
  void* memory = pool.take(count * size);
  if (memory != nullptr) std::memset(memory, 0, count * size);
  return memory;
}

void* resize(void* memory, std::size_t size, void*) {
  if (memory == nullptr) return pool.take(size);
  const std::size_t before = block_of(memory)->size;
  if (size <= before) return memory;
  void* larger = pool.take(size);
  if (larger == nullptr) return nullptr;
  std::memcpy(larger, memory, before);
  pool.give(memory);
  return larger;
}

}  // namespace

nghttp2_mem* http2_memory() {
  static nghttp2_mem memory{nullptr, take, give, take_zeroed, resize};
  return &memory;
}

}  // namespace weft::net
