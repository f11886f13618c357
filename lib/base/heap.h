// The heap of a thread that is about to build one large tree: it grows in large pieces, on large
// pages where the system has them, and is not given back before the end. Otherwise a quarter of the
// time of reading large manifests goes to page faults.
#pragma once

namespace weft::base {

// For what the calling thread takes from the heap next; call it again for each large part of the
// work. Does nothing where the C library is not glibc. Never fails: it is advice.
void expect_large_heap();

}  // namespace weft::base
