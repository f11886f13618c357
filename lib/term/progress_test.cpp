#include "lib/term/progress.h"

#include <catch2/catch.hpp>

namespace weft::term {
namespace {

const Progress kHalf{0.5, "15s / 30s", {"4,997 req/s", "p99 4.56 ms", "no errors"}, {1, 2, 4}};

TEST_CASE("a progress line is redrawn in place on a terminal") {
  CHECK(progress_line(kHalf, {.tty = true}) ==
        "\r15s / 30s  ━━━━━━━━━━──────────  4,997 req/s  p99 4.56 ms  no errors  ▃▅█\x1b[K");
  CHECK(progress_line(kHalf, {.tty = true, .unicode = false}) ==
        "\r15s / 30s  ##########..........  4,997 req/s  p99 4.56 ms  no errors  -=#\x1b[K");
  CHECK(progress_end({.tty = true}) == "\r\x1b[K");
}

TEST_CASE("what does not fit is left out, the last column stays free") {
  CHECK(progress_line(kHalf, {.tty = true, .width = 45}) ==
        "\r15s / 30s  ━━━━━━━━━━──────────  4,997 req/s\x1b[K");
  CHECK(progress_line(kHalf, {.tty = true, .width = 44}) ==
        "\r15s / 30s  ━━━━━━━━━━──────────  ▃▅█\x1b[K");
  CHECK(progress_line(kHalf, {.tty = true, .width = 6}) == "\r15s …\x1b[K");
}

TEST_CASE("without a known end there is no bar") {
  CHECK(progress_line({{}, "waiting", {"3 pods"}}, {.tty = true}) == "\rwaiting  3 pods\x1b[K");
}

TEST_CASE("a log gets a plain line") {
  CHECK(progress_line(kHalf, {}) == "15s / 30s  4,997 req/s  p99 4.56 ms  no errors\n");
  CHECK(progress_end({}).empty());
}

}  // namespace
}  // namespace weft::term
