// Memory of nghttp2's sessions. Every stream takes and returns a handful of small blocks; returned
// ones are kept for the next stream of the thread, a limited number of each size, because the C
// library's own cache holds a few only and streams end in batches.
#pragma once

#include <nghttp2/nghttp2.h>

namespace weft::net {

// For nghttp2_session_*_new3(). Blocks may be returned on another thread.
nghttp2_mem* http2_memory();

}  // namespace weft::net
