// Memory of one evaluation: handed out in sequence, given back all at once. A reset keeps the
// first block, so that an evaluator in use allocates nothing more.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <new>
#include <string_view>
#include <type_traits>
#include <vector>

namespace weft::cel {

class Arena {
 public:
  // Value-initialised elements; they are never destroyed.
  template <typename T>
  T* array(std::size_t count) {
    static_assert(std::is_trivially_destructible_v<T>);
    T* const first = static_cast<T*>(allocate(count * sizeof(T)));
    for (std::size_t i = 0; i < count; ++i) new (first + i) T{};
    return first;
  }
  template <typename T>
  const T* keep(const T& value) {
    static_assert(std::is_trivially_destructible_v<T>);
    return new (allocate(sizeof(T))) T(value);
  }
  std::string_view keep_text(std::string_view text) {
    if (text.empty()) return {};
    char* const bytes = static_cast<char*>(allocate(text.size()));
    std::memcpy(bytes, text.data(), text.size());
    return {bytes, text.size()};
  }
  void reset() {
    if (blocks_.size() > 1) blocks_.resize(1);
    used_ = 0;
  }

 private:
  static constexpr std::size_t kBlock = 8u << 10;
  struct Block {
    std::unique_ptr<std::byte[]> bytes;
    std::size_t size;
  };

  void* allocate(std::size_t bytes) {
    constexpr std::size_t kAlign = alignof(std::max_align_t);
    const std::size_t wanted = (std::max<std::size_t>(bytes, 1) + kAlign - 1) / kAlign * kAlign;
    if (blocks_.empty() || blocks_.back().size - used_ < wanted) {
      const std::size_t size = std::max(wanted, kBlock);
      blocks_.push_back({std::make_unique_for_overwrite<std::byte[]>(size), size});
      used_ = 0;
    }
    std::byte* const result = blocks_.back().bytes.get() + used_;
    used_ += wanted;
    return result;
  }

  std::vector<Block> blocks_;
  std::size_t used_ = 0;  // of the last block
};

}  // namespace weft::cel
