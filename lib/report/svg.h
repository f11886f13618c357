// A small writer of SVG: shapes with classes of the style sheet, numbers to a tenth of a pixel, so
// that the same data always gives the same bytes.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace weft::report {

struct Point {
  double x = 0;
  double y = 0;
};

struct Box {
  double x = 0;
  double y = 0;
  double width = 0;
  double height = 0;

  double right() const { return x + width; }
  double bottom() const { return y + height; }
};

enum class Anchor { start, middle, end };

class Svg {
 public:
  // `title` and `description` are read by screen readers; all texts are escaped here.
  Svg(double width, double height, std::string_view id, std::string_view title,
      std::string_view description);

  void line(Point from, Point to, std::string_view style);
  void rect(Box box, std::string_view style);
  void circle(Point center, double radius, std::string_view style);
  void polyline(std::span<const Point> points, std::string_view style);
  void polygon(std::span<const Point> points, std::string_view style);
  void text(Point at, Anchor anchor, std::string_view text, std::string_view style);
  void begin_group(std::string_view style);
  void end_group();

  std::string finish() &&;

 private:
  void shape(std::string_view name, std::span<const Point> points, std::string_view style);
  std::string out_;
};

// Pixels that `text` takes at the font size of the charts; an estimate on the wide side.
double text_width(std::string_view text);

}  // namespace weft::report
