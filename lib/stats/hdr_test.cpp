// The vectors in testdata/stats/hdr were written by HdrHistogram's Python implementation.
#include "lib/stats/hdr.h"

#include <zlib.h>

#include <catch2/catch.hpp>
#include <random>

#include "lib/base/base64.h"
#include "lib/base/file.h"
#include "lib/base/text.h"
#include "lib/testkit/paths.h"

namespace weft::stats {
namespace {

std::string vector_text(const std::string& name) {
  const auto text = base::read_file(testkit::testdata("stats/hdr/" + name + ".txt"));
  REQUIRE(text.ok());
  return std::string(base::trim(text.value()));
}

std::string big_endian(std::uint64_t value, unsigned bytes) {
  std::string out;
  while (bytes-- > 0) out += static_cast<char>(value >> (8 * bytes) & 0xff);
  return out;
}

struct Header {
  std::uint32_t cookie = 0x1c849313;
  std::optional<std::size_t> length = std::nullopt;
  std::uint32_t offset = 0, digits = 3;
  std::uint64_t lowest = 1, highest = Histogram::kMaxValue, ratio = 0x3ff0000000000000;
};

std::string payload(const std::string& counts, const Header& header = {}) {
  return big_endian(header.cookie, 4) + big_endian(header.length.value_or(counts.size()), 4) +
         big_endian(header.offset, 4) + big_endian(header.digits, 4) +
         big_endian(header.lowest, 8) + big_endian(header.highest, 8) +
         big_endian(header.ratio, 8) + counts;
}

std::string wrapped(const std::string& plain, const std::string& tail = {}) {
  auto size = compressBound(static_cast<uLong>(plain.size()));
  std::string body(size, '\0');
  compress(reinterpret_cast<Bytef*>(body.data()), &size,
           reinterpret_cast<const Bytef*>(plain.data()), static_cast<uLong>(plain.size()));
  body.resize(size);
  body += tail;
  return base::base64_encode(big_endian(0x1c849314, 4) + big_endian(body.size(), 4) + body);
}

std::string refusal(const std::string& text) {
  const auto decoded = hdr_decode(text);
  REQUIRE_FALSE(decoded.ok());
  CHECK(decoded.error().code == base::ExitCode::input);
  CHECK_FALSE(decoded.error().remedy.empty());
  return decoded.error().message;
}

}  // namespace

TEST_CASE("Payloads of another implementation decode to its figures") {
  const auto one = hdr_decode(vector_text("one"));
  REQUIRE(one.ok());
  CHECK(one->count() == 1);
  CHECK(one->percentile(50) == 1'250'303);

  const auto edges = hdr_decode_sparse(vector_text("edges"));
  REQUIRE(edges.ok());
  CHECK(edges->cells ==
        std::vector<SparseHistogram::Cell>{
            {0, 3}, {2, 1}, {2047, 5}, {2048, 8}, {3071, 2}, {3072, 9}, {33791, 4}});
  CHECK(edges->min == 0);
  CHECK(edges->max == Histogram::kMaxValue);

  const auto latencies = hdr_decode(vector_text("latencies"));
  REQUIRE(latencies.ok());
  CHECK(latencies->count() == 5000);
  CHECK(latencies->max() == 20'545'535);
  CHECK(latencies->percentile(50) == 1'197'055);
  CHECK(latencies->percentile(99) == 7'221'247);

  const auto other_range = hdr_decode(vector_text("microseconds"));
  REQUIRE(other_range.ok());
  CHECK(other_range->count() == 538);
  CHECK(other_range->percentile(50) == 10'023);

  const auto empty = hdr_decode(vector_text("empty"));
  REQUIRE(empty.ok());
  CHECK(empty.value() == Histogram());
}

TEST_CASE("We encode the bytes that the other implementation does") {
  for (const char* name : {"empty", "one", "edges", "latencies"}) {
    const auto decoded = hdr_decode(vector_text(name));
    REQUIRE(decoded.ok());
    CHECK(hdr_encode(decoded.value()) == vector_text(name));
  }
}

TEST_CASE("Decoding gives back every cell") {
  Histogram histogram;
  std::mt19937_64 random(1);
  std::uniform_int_distribution<unsigned> bits(0, 41);
  for (int i = 0; i < 5'000; ++i)
    histogram.record(random() >> (63 - bits(random)), 1 + random() % 9);
  histogram.record(77, std::uint64_t{1} << 62);  // a nine-byte count

  const auto decoded = hdr_decode_sparse(hdr_encode(histogram));
  REQUIRE(decoded.ok());
  CHECK(decoded->cells == histogram.sparse().cells);
  CHECK(decoded->count == histogram.count());
  CHECK(decoded->min == Histogram::cell_low(Histogram::cell_index(histogram.min())));
  CHECK(decoded->max == Histogram::cell_high(Histogram::cell_index(histogram.max())));
  CHECK(decoded->sum == Approx(histogram.mean() * static_cast<double>(histogram.count())));
}

TEST_CASE("A payload in other cells than ours is refused by what differs") {
  CHECK(refusal(wrapped(payload("\2", {.digits = 2}))) ==
        "HdrHistogram payload has 2 significant digits");
  CHECK(refusal(wrapped(payload("\2", {.lowest = 1000}))) ==
        "HdrHistogram payload has a lowest value of 1000");
  CHECK(refusal(wrapped(payload("\2", {.offset = 7}))) ==
        "HdrHistogram payload has a normalising index offset");
  CHECK(refusal(wrapped(payload("\2", {.ratio = 0x4000000000000000}))) ==
        "HdrHistogram payload has a conversion ratio other than 1");
  CHECK(refusal(wrapped(payload("\2", {.cookie = 0x1c849302}))).find("inner cookie 0x1c849302") !=
        std::string::npos);
}

TEST_CASE("Damaged text is refused by what is wrong with it") {
  const auto holds = [](const std::string& text, const char* part) {
    INFO(refusal(text));
    CHECK(refusal(text).find(part) != std::string::npos);
  };
  holds("", "shorter than its header");
  holds("not base64!", "not base64");
  holds("AAAAAAAAAAAA", "starts with 0x00000000");
  holds(vector_text("edges").substr(0, 60), "announces 46 deflated bytes and has 37");
  holds(base::base64_encode(big_endian(0x1c849314, 4) + big_endian(5, 4) + "12345"), "inflate");
  holds(wrapped("short"), "shorter than its header");
  holds(wrapped(payload("\2", {.length = 2})), "announces 2 bytes of counts and has 1");
  holds(wrapped(payload("\2"), "tail"), "after its deflated part");
  holds(std::string(2'000'000, 'A'), "characters long");
}

TEST_CASE("Hostile counts are refused") {
  using namespace std::string_literals;
  const auto counts_refused = [](const std::string& counts) {
    return refusal(wrapped(payload(counts)));
  };
  CHECK(counts_refused("\x80"s).find("ends inside a count") != std::string::npos);
  CHECK(counts_refused("\x80\0"s).find("padding") != std::string::npos);
  CHECK(counts_refused(std::string(9, '\xff')).find("past 4398046511103 ns") != std::string::npos);
  CHECK(counts_refused("\xff\xff\xff\xff\xff\xff\xff\xff\x0f"s).find("past") != std::string::npos);
  // Two counts of 2^62 and one more of 2^62: over 2^63.
  const std::string huge = "\x80\x80\x80\x80\x80\x80\x80\x80\x80"s;
  CHECK(counts_refused(huge + huge).find("overflows") != std::string::npos);
  // 33793 single counts reach one cell past the end; so does a run of zeros and a count.
  CHECK(counts_refused(std::string(Histogram::kCells + 1, '\2')).find("past") != std::string::npos);
  CHECK(hdr_decode(wrapped(payload(std::string(Histogram::kCells, '\2')))).ok());
}

TEST_CASE("A payload that inflates without end is stopped") {
  CHECK(refusal(wrapped(payload(std::string(900'000, '\0')))).find("inflates to more than") !=
        std::string::npos);
}

}  // namespace weft::stats
