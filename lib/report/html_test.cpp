#include "lib/report/html.h"

#include <catch2/catch.hpp>

#include "lib/report/chart.h"

namespace weft::report {
namespace {

TEST_CASE("a table marks its headers for screen readers") {
  const auto html = table({"Caption", {{"Name"}, {"Count", true}}, {{{"a"}, {"1", true, "bad"}}}});
  CHECK(html.find("<th scope=\"col\" class=\"n\">Count</th>") != std::string::npos);
  CHECK(html.find("<th scope=\"row\">a</th><td class=\"n bad\">1</td>") != std::string::npos);
}

TEST_CASE("a chart is drawn inside its view box") {
  Chart chart{.id = "c", .title = "T <b>", .description = "D", .width = 200, .height = 100};
  chart.x = base::span_axis(0, 10, 2, base::count_label);
  chart.y = base::linear_axis(4, 2, base::count_label);
  chart.lines = {{.name = "only", .points = {{0, 0}, {5, 4}, {10, 2}}}};
  const auto svg = draw(chart);
  CHECK(svg.starts_with("<svg viewBox=\"0 0 200 100\" role=\"img\""));
  CHECK(svg.find("<title id=\"c-t\">T &lt;b&gt;</title>") != std::string::npos);
  CHECK(svg.find("<polyline class=\"line s0\" points=\"21.7,74 104,8 186.3,41\"/>") !=
        std::string::npos);
}

}  // namespace
}  // namespace weft::report
