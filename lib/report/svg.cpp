#include "lib/report/svg.h"

#include <cmath>

#include "lib/base/format.h"
#include "lib/base/markup.h"
#include "lib/report/html.h"

namespace weft::report {
namespace {

constexpr double kCharacterWidth = 7.7;
constexpr double kWide = 600;  // from here on a chart is scrolled on a phone instead of shrunk

std::string number(double value) {
  const double tenths = std::round(value * 10) + 0.0;  // adding zero turns -0 into 0
  return fmt::format("{:.6g}", tenths / 10);
}

std::string class_of(std::string_view style) {
  return style.empty() ? std::string() : fmt::format(" class=\"{}\"", style);
}

}  // namespace

Svg::Svg(double width, double height, std::string_view id, std::string_view title,
         std::string_view description)
    : out_(fmt::format("<svg{} viewBox=\"0 0 {} {}\" role=\"img\" aria-labelledby=\"{}-t {}-d\">"
                       "<title id=\"{}-t\">{}</title><desc id=\"{}-d\">{}</desc>\n",
                       width > kWide ? " class=\"wide\"" : "", number(width), number(height), id,
                       id, id, base::escape_markup(title), id, base::escape_markup(description))) {}

void Svg::line(Point from, Point to, std::string_view style) {
  out_ += fmt::format("<line x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\"{}/>", number(from.x),
                      number(from.y), number(to.x), number(to.y), class_of(style));
}

void Svg::rect(Box box, std::string_view style) {
  out_ += fmt::format("<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"{}/>", number(box.x),
                      number(box.y), number(box.width), number(box.height), class_of(style));
}

void Svg::circle(Point center, double radius, std::string_view style) {
  out_ += fmt::format("<circle cx=\"{}\" cy=\"{}\" r=\"{}\"{}/>", number(center.x),
                      number(center.y), number(radius), class_of(style));
}

void Svg::shape(std::string_view name, std::span<const Point> points, std::string_view style) {
  out_ += fmt::format("<{}{} points=\"", name, class_of(style));
  for (std::size_t i = 0; i < points.size(); ++i)
    out_ += fmt::format("{}{},{}", i == 0 ? "" : " ", number(points[i].x), number(points[i].y));
  out_ += "\"/>\n";
}

void Svg::polyline(std::span<const Point> points, std::string_view style) {
  shape("polyline", points, style);
}

void Svg::polygon(std::span<const Point> points, std::string_view style) {
  shape("polygon", points, style);
}

void Svg::text(Point at, Anchor anchor, std::string_view text, std::string_view style) {
  const std::string_view anchored = anchor == Anchor::start    ? ""
                                    : anchor == Anchor::middle ? " text-anchor=\"middle\""
                                                               : " text-anchor=\"end\"";
  out_ += fmt::format("<text x=\"{}\" y=\"{}\"{}{}>{}</text>", number(at.x), number(at.y), anchored,
                      class_of(style), base::escape_markup(text));
}

void Svg::begin_group(std::string_view style) { out_ += fmt::format("<g{}>", class_of(style)); }

void Svg::end_group() { out_ += "</g>\n"; }

std::string Svg::finish() && { return std::move(out_) + "</svg>\n"; }

double text_width(std::string_view text) {
  double characters = 0;
  for (const char c : text)
    if ((c & 0xc0) != 0x80) ++characters;
  return characters * kCharacterWidth;
}

}  // namespace weft::report
