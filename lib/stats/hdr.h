// Histograms as text in HdrHistogram's V2 encoding: zlib-deflated, in base64, the form that the
// interval logs of HdrHistogram in Java, C, Go, Python and Rust read and write. Our cells are
// those of a lowest value of 1, three significant digits and a highest value of 2^42 - 1.
//
// The encoding carries the cells only. What decoding gives back has its minimum and maximum at
// the edges of the outer cells, sums taken at the middle of each cell, and no saturation; a
// caller who kept the exact figures puts them into the SparseHistogram.
//
//   std::string text = stats::hdr_encode(histogram);      // "HISTFAAAACx4..."
//   WEFT_TRY(again, stats::hdr_decode(text));
#pragma once

#include <string>
#include <string_view>

#include "lib/base/result.h"
#include "lib/stats/histogram.h"

namespace weft::stats {

std::string hdr_encode(const Histogram& histogram);
std::string hdr_encode(const SparseHistogram& histogram);

// An input error for anything but one whole payload in our cells (values up to ours, three digits,
// lowest value 1); never uses more than a megabyte, whatever the text.
base::Result<Histogram> hdr_decode(std::string_view base64);
base::Result<SparseHistogram> hdr_decode_sparse(std::string_view base64);

}  // namespace weft::stats
