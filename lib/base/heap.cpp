#include "lib/base/heap.h"

#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>

namespace weft::base {

#ifdef __GLIBC__
namespace {

constexpr std::uintptr_t kPage = 2u << 20;   // a large page
constexpr std::uintptr_t kHeap = 64u << 20;  // glibc keeps heaps of threads but the first so large

void advise(std::uintptr_t begin, std::uintptr_t end) {
  begin = (begin + kPage - 1) & ~(kPage - 1);
  if (begin < end) ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_HUGEPAGE);
}

}  // namespace

void expect_large_heap() {
  ::mallopt(M_MMAP_THRESHOLD, 32 << 20);
  ::mallopt(M_TRIM_THRESHOLD, 1 << 30);
  ::mallopt(M_TOP_PAD, static_cast<int>(kHeap));
  void* piece = std::malloc(kPage);
  const auto at = reinterpret_cast<std::uintptr_t>(piece);
  const auto top = reinterpret_cast<std::uintptr_t>(::sbrk(0));
  std::free(piece);
  // The first thread's heap ends at the break, the others are mapped above it.
  if (at < top)
    advise(at, top);
  else
    advise(at & ~(kHeap - 1), (at & ~(kHeap - 1)) + kHeap);
}
#else
void expect_large_heap() {}
#endif

}  // namespace weft::base
