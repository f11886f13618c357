#include "lib/term/chart.h"

#include <catch2/catch.hpp>

namespace weft::term {
namespace {

const std::vector<Bar> kBars = {{"1 – 2 ms", 120}, {"2 – 5 ms", 8120}, {"5 – 10 ms", 3}};

LineChart rising(std::vector<Series> series) {
  LineChart chart;
  chart.x = base::percentile_axis(99.9);
  chart.y = base::linear_axis(10, 2, base::latency_label);
  chart.series = std::move(series);
  chart.height = 5;
  return chart;
}

const Series kRising{"first", {{0, 1}, {50, 2}, {90, 3}, {99, 8}, {99.9, 10}}};

TEST_CASE("a bar chart shows counts, shares and bars to the width of the terminal") {
  CHECK(bar_chart(kBars, {.width = 40}) ==
        " 1 – 2 ms    120    1.5%  ▎\n"
        " 2 – 5 ms  8,120   98.5%  ██████████████\n"
        "5 – 10 ms      3   <0.1%  ▏\n");
  CHECK(bar_chart(kBars, {.unicode = false, .width = 40}) ==
        " 1 - 2 ms    120    1.5%  #\n"
        " 2 - 5 ms  8,120   98.5%  ##############\n"
        "5 - 10 ms      3   <0.1%  #\n");
}

TEST_CASE("a bar chart of nothing or of zeros has no bars") {
  CHECK(bar_chart({}, {}).empty());
  CHECK(bar_chart(std::vector<Bar>{{"0", 0}}, {}) == "0  0    0.0%\n");
}

TEST_CASE("bar charts keep to the terminal from 40 to 200 columns") {
  for (int width = 40; width <= 200; ++width) {
    const auto text = bar_chart(kBars, {.width = width});
    CHECK(display_width(text.substr(0, text.find('\n'))) <= width);
  }
}

TEST_CASE("one series is drawn in braille dots over labelled axes") {
  CHECK("\n" + line_chart(rising({kRising}), {.width = 40}) == R"(
10 ms ┤                    ⣀⣀⣠⠤⠤⠖⠒⠚⠉
      │               ⢀⣠⠴⠚⠉⠁
 5 ms ┤           ⢀⣠⠴⠚⠉
      │  ⢀⣀⣀⣠⠤⠤⠤⠖⠚⠉
    0 ┤⠒⠋⠉
      └┬──┬─────┬─────────┬────────┬
      0% 50%   90%       99%     99.9%
)");
}

TEST_CASE("without unicode a chart is drawn in ASCII") {
  CHECK("\n" + line_chart(rising({kRising}), {.unicode = false, .width = 40}) == R"(
10 ms +                       oooooo
      |                oooooooo
 5 ms +           oooooo
      | ooooooooooo
    0 +oo
      ++--+-----+---------+--------+
      0% 50%   90%       99%     99.9%
)");
}

TEST_CASE("several series have marks and a legend, so colour is not needed") {
  const Series flat{"second", {{0, 5}, {99.9, 5}}};
  CHECK("\n" + line_chart(rising({kRising, flat}), {.width = 40}) == R"(
10 ms ┤                       oooooo
      │                oooooooo
 5 ms ┤xxxxxxxxxxxooooooxxxxxxxxxxxx
      │ ooooooooooo
    0 ┤oo
      └┬──┬─────┬─────────┬────────┬
      0% 50%   90%       99%     99.9%
       o first   x second
)");
}

TEST_CASE("line charts without points, with one point and with equal values") {
  const auto empty = line_chart(rising({{"none", {}}}), {.unicode = false, .width = 40});
  CHECK(empty.find('o') == std::string::npos);
  const auto point = line_chart(rising({{"one", {{50, 5}}}}), {.unicode = false, .width = 40});
  CHECK(point.find('o') != std::string::npos);
  LineChart equal = rising({{"equal", {{0, 0}, {99.9, 0}}}});
  equal.y = base::linear_axis(0, 2, base::latency_label);
  CHECK(line_chart(equal, {.unicode = false, .width = 40}).find("oooo") != std::string::npos);
}

TEST_CASE("line charts keep to the terminal from 40 to 200 columns") {
  for (int width = 40; width <= 200; width += 7) {
    const auto text = line_chart(rising({kRising}), {.width = width});
    for (std::size_t begin = 0; begin < text.size();) {
      const std::size_t end = text.find('\n', begin);
      CHECK(display_width(text.substr(begin, end - begin)) <= width);
      begin = end + 1;
    }
  }
}

}  // namespace
}  // namespace weft::term
