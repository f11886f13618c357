#include "lib/stats/hdr.h"

#include <zlib.h>

#include <cstdint>
#include <limits>
#include <memory>

#include "lib/base/base64.h"
#include "lib/base/format.h"

namespace weft::stats {
namespace {

using base::Error;
using base::Result;

// Cookies: 0x10 says that counts are LEB128 words.
constexpr std::uint32_t kPlain = 0x1c849303 | 0x10;
constexpr std::uint32_t kCompressed = 0x1c849304 | 0x10;
constexpr std::size_t kCompressedHeader = 8;
constexpr std::size_t kHeader = 40;
constexpr std::uint32_t kDigits = 3;
constexpr std::uint64_t kOne = 0x3ff0000000000000;  // 1.0 as the bits of a double
constexpr std::size_t kMaxWord = 9;                 // its last byte carries eight bits
constexpr std::size_t kMaxPayload = kHeader + kMaxWord * Histogram::kCells;
constexpr std::size_t kMaxText = 2 * kMaxPayload;

void put_big_endian(std::string& out, std::uint64_t value, unsigned bytes) {
  while (bytes-- > 0) out += static_cast<char>(value >> (8 * bytes) & 0xff);
}

std::uint64_t big_endian(std::string_view bytes, std::size_t at, std::size_t size) {
  std::uint64_t value = 0;
  for (const char c : bytes.substr(at, size)) value = value << 8 | static_cast<std::uint8_t>(c);
  return value;
}

void put_word(std::string& out, std::int64_t value) {
  auto zigzag = static_cast<std::uint64_t>(value) << 1 ^ static_cast<std::uint64_t>(value >> 63);
  for (std::size_t i = 1; i < kMaxWord && zigzag >= 0x80; ++i, zigzag >>= 7)
    out += static_cast<char>((zigzag & 0x7f) | 0x80);
  out += static_cast<char>(zigzag);
}

// Counts in order of the cells; empty ones in a row are one negative number.
std::string encode_counts(const SparseHistogram& histogram) {
  std::string out;
  std::uint32_t next = 0;
  for (const auto& cell : histogram.cells) {
    const std::uint32_t gap = cell.index - next;
    if (gap > 0) put_word(out, -std::int64_t{gap});
    put_word(out, static_cast<std::int64_t>(cell.count));
    next = cell.index + 1;
  }
  return out;
}

std::string deflated(const std::string& plain) {
  auto size = compressBound(static_cast<uLong>(plain.size()));
  std::string out(size, '\0');
  compress2(reinterpret_cast<Bytef*>(out.data()), &size,
            reinterpret_cast<const Bytef*>(plain.data()), static_cast<uLong>(plain.size()),
            Z_DEFAULT_COMPRESSION);
  out.resize(size);
  return out;
}

Error bad(std::string_view what) {
  return Error{base::ExitCode::input, fmt::format("HdrHistogram payload {}", what),
               "the text was changed or cut short: take it from its source again"};
}

Error foreign(std::string_view what) {
  return Error{base::ExitCode::input, fmt::format("HdrHistogram payload has {}", what),
               "record with lowest value 1, 3 significant digits and no scaling"};
}

Result<std::string> inflated(std::string_view compressed) {
  const auto plain = std::make_unique_for_overwrite<char[]>(kMaxPayload);
  uLongf size = kMaxPayload;
  auto consumed = static_cast<uLong>(compressed.size());
  const int status = uncompress2(reinterpret_cast<Bytef*>(plain.get()), &size,
                                 reinterpret_cast<const Bytef*>(compressed.data()), &consumed);
  if (status == Z_BUF_ERROR && size == kMaxPayload)
    return bad(fmt::format("inflates to more than {} bytes", kMaxPayload));
  if (status != Z_OK) return bad("does not inflate");
  if (consumed != compressed.size()) return bad("has bytes after its deflated part");
  return std::string(plain.get(), size);
}

Result<void> check_header(std::string_view plain) {
  if (plain.size() < kHeader) return bad("is shorter than its header");
  if (big_endian(plain, 0, 4) != kPlain)
    return bad(fmt::format("has the inner cookie 0x{:08x}, not 0x{:08x} of version 2",
                           big_endian(plain, 0, 4), kPlain));
  const std::uint64_t length = big_endian(plain, 4, 4);
  if (length != plain.size() - kHeader)
    return bad(
        fmt::format("announces {} bytes of counts and has {}", length, plain.size() - kHeader));
  if (big_endian(plain, 8, 4) != 0) return foreign("a normalising index offset");
  if (big_endian(plain, 12, 4) != kDigits)
    return foreign(fmt::format("{} significant digits", big_endian(plain, 12, 4)));
  if (big_endian(plain, 16, 8) != 1)
    return foreign(fmt::format("a lowest value of {}", big_endian(plain, 16, 8)));
  if (big_endian(plain, 32, 8) != kOne) return foreign("a conversion ratio other than 1");
  return {};
}

// Takes one ZigZag LEB128 word off the front of `bytes`.
Result<std::int64_t> take_word(std::string_view& bytes) {
  std::uint64_t zigzag = 0;
  for (std::size_t i = 0; i < kMaxWord; ++i) {
    if (i == bytes.size()) return bad("ends inside a count");
    const std::uint64_t byte = static_cast<std::uint8_t>(bytes[i]);
    const bool last = i + 1 == kMaxWord || byte < 0x80;
    zigzag |= (last ? byte : byte & 0x7f) << (7 * i);
    if (!last) continue;
    if (byte == 0 && i > 0) return bad("has a count with padding");
    bytes.remove_prefix(i + 1);
    break;
  }
  return static_cast<std::int64_t>(zigzag >> 1 ^ (0 - (zigzag & 1)));
}

void add_cell(SparseHistogram& histogram, std::uint32_t index, std::uint64_t count) {
  const std::uint64_t low = Histogram::cell_low(index), high = Histogram::cell_high(index);
  const double middle = (static_cast<double>(low) + static_cast<double>(high)) / 2;
  const auto weight = static_cast<double>(count);
  if (histogram.cells.empty()) histogram.min = low;
  histogram.max = high;
  histogram.cells.push_back({index, count});
  histogram.count += count;
  histogram.sum += middle * weight;
  histogram.sum_squares += middle * middle * weight;
}

Result<SparseHistogram> decode_counts(std::string_view bytes) {
  constexpr auto kLimit = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  SparseHistogram histogram;
  std::uint64_t index = 0;
  while (!bytes.empty()) {
    WEFT_TRY(word, take_word(bytes));
    const std::uint64_t size = word < 0 ? 0 - static_cast<std::uint64_t>(word) : 1;
    if (size > Histogram::kCells - index)
      return bad(
          fmt::format("reaches past {} ns, the highest value we keep", Histogram::kMaxValue));
    if (word > 0) {
      if (static_cast<std::uint64_t>(word) > kLimit - histogram.count)
        return bad("has counts whose sum overflows 64 bits");
      add_cell(histogram, static_cast<std::uint32_t>(index), static_cast<std::uint64_t>(word));
    }
    index += size;
  }
  return histogram;
}

}  // namespace

std::string hdr_encode(const SparseHistogram& histogram) {
  const std::string counts = encode_counts(histogram);
  std::string plain;
  put_big_endian(plain, kPlain, 4);
  put_big_endian(plain, counts.size(), 4);
  put_big_endian(plain, 0, 4);  // normalising index offset
  put_big_endian(plain, kDigits, 4);
  put_big_endian(plain, 1, 8);  // lowest value
  put_big_endian(plain, Histogram::kMaxValue, 8);
  put_big_endian(plain, kOne, 8);  // conversion ratio
  const std::string body = deflated(plain + counts);
  std::string out;
  put_big_endian(out, kCompressed, 4);
  put_big_endian(out, body.size(), 4);
  return base::base64_encode(out + body);
}

std::string hdr_encode(const Histogram& histogram) { return hdr_encode(histogram.sparse()); }

Result<SparseHistogram> hdr_decode_sparse(std::string_view base64) {
  if (base64.size() > kMaxText)
    return bad(fmt::format("is {} characters long, more than {}", base64.size(), kMaxText));
  const auto bytes = base::base64_decode(base64);
  if (!bytes) return bad("is not base64");
  const std::string_view all = *bytes;
  if (all.size() < kCompressedHeader) return bad("is shorter than its header");
  if (big_endian(all, 0, 4) != kCompressed)
    return bad(fmt::format("starts with 0x{:08x}, not with 0x{:08x} of version 2, compressed",
                           big_endian(all, 0, 4), kCompressed));
  const std::uint64_t length = big_endian(all, 4, 4);
  if (length != all.size() - kCompressedHeader)
    return bad(fmt::format("announces {} deflated bytes and has {}", length,
                           all.size() - kCompressedHeader));
  WEFT_TRY(plain, inflated(all.substr(kCompressedHeader)));
  WEFT_CHECK(check_header(plain));
  return decode_counts(std::string_view(plain).substr(kHeader));
}

Result<Histogram> hdr_decode(std::string_view base64) {
  WEFT_TRY(sparse, hdr_decode_sparse(base64));
  return Histogram(sparse);
}

}  // namespace weft::stats
