#include "lib/pattern/writing/draw.h"

#include <algorithm>

#include "lib/base/format.h"
#include "lib/base/markup.h"

namespace weft::pattern {
namespace {

const std::string& key_of(const Resolution& in, std::size_t i) { return in.parts[i].service->key; }

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c == '\n' ? ' ' : c;
  }
  return out + '"';
}

std::string label_of(Why why) {
  return why == Why::asked ? std::string() : fmt::format(" ({})", name_of(why));
}

class Tree {
 public:
  Tree(const Resolution& in, const Graph& graph)
      : in_(in), graph_(graph), shown_(in.parts.size()) {}

  // Those that nobody needs are the roots.
  std::string text() {
    std::vector<bool> needed(in_.parts.size());
    for (const auto& edges : graph_.needs)
      for (const Edge& edge : edges) needed[edge.needs] = true;
    for (std::size_t i = 0; i < in_.parts.size(); ++i)
      if (!needed[i]) root(i);
    return std::move(out_);
  }

 private:
  struct Branch {
    std::size_t index;
    std::size_t next = 0;
    std::string indent;
  };

  void line(std::size_t i, const std::string& prefix, Why why) {
    out_ += fmt::format("{}{} {}{}{}\n", prefix, key_of(in_, i), in_.parts[i].type.name,
                        label_of(why), shown_[i] && !graph_.needs[i].empty() ? " ..." : "");
  }

  // Without recursion: a chain may be as long as the pattern.
  void root(std::size_t i) {
    line(i, "", Why::asked);
    std::vector<Branch> open{{i, 0, ""}};
    shown_[i] = true;
    while (!open.empty()) {
      Branch& branch = open.back();
      const auto& needs = graph_.needs[branch.index];
      if (branch.next == needs.size()) {
        open.pop_back();
        continue;
      }
      const Edge edge = needs[branch.next++];
      const bool last = branch.next == needs.size();
      const std::string indent = branch.indent;
      const bool again = shown_[edge.needs];
      line(edge.needs, indent + (last ? "`- " : "|- "), edge.why);
      if (again) continue;
      shown_[edge.needs] = true;
      constexpr std::size_t kDeepest = 200;
      open.push_back(
          {edge.needs, 0, indent.size() > kDeepest ? indent : indent + (last ? "   " : "|  ")});
    }
  }

  const Resolution& in_;
  const Graph& graph_;
  std::vector<bool> shown_;
  std::string out_;
};

constexpr int kWidth = 180, kHeight = 44, kGapX = 70, kGapY = 18, kMargin = 20;

struct Box {
  std::size_t x, y;
};

}  // namespace

std::string draw_tree(const Resolution& resolution, const Graph& graph) {
  return Tree(resolution, graph).text();
}

std::string draw_dot(const Resolution& resolution, const Graph& graph) {
  std::string out = fmt::format("digraph {} {{\n  rankdir=LR;\n  node [shape=box];\n",
                                quoted(resolution.pattern->name));
  for (std::size_t i = 0; i < resolution.parts.size(); ++i)
    out += fmt::format("  n{} [label={}];\n", i,
                       quoted(key_of(resolution, i) + " | " + resolution.parts[i].type.name));
  for (std::size_t i = 0; i < graph.needs.size(); ++i)
    for (const Edge& edge : graph.needs[i])
      out += fmt::format("  n{} -> n{}{};\n", edge.needs, i,
                         edge.why == Why::asked
                             ? ""
                             : fmt::format(" [style=dashed, label=\"{}\"]", name_of(edge.why)));
  return out + "}\n";
}

std::string draw_mermaid(const Resolution& resolution, const Graph& graph) {
  const auto plain = [](std::string text) {
    std::replace(text.begin(), text.end(), '"', '\'');
    return text;
  };
  std::string out = "flowchart LR\n";
  for (std::size_t i = 0; i < resolution.parts.size(); ++i)
    out += fmt::format("  n{}[\"{}<br/>{}\"]\n", i, plain(key_of(resolution, i)),
                       plain(resolution.parts[i].type.name));
  for (std::size_t i = 0; i < graph.needs.size(); ++i)
    for (const Edge& edge : graph.needs[i])
      out += edge.why == Why::asked
                 ? fmt::format("  n{} --> n{}\n", edge.needs, i)
                 : fmt::format("  n{} -. {} .-> n{}\n", edge.needs, name_of(edge.why), i);
  return out;
}

std::string draw_svg(const Resolution& resolution, const Graph& graph) {
  std::vector<Box> boxes(resolution.parts.size());
  std::size_t tallest = 0;
  for (std::size_t x = 0; x < graph.levels.size(); ++x) {
    tallest = std::max(tallest, graph.levels[x].size());
    for (std::size_t y = 0; y < graph.levels[x].size(); ++y)
      boxes[graph.levels[x][y]] = {kMargin + x * (kWidth + kGapX), kMargin + y * (kHeight + kGapY)};
  }
  std::string out = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{}\" height=\"{}\" "
      "font-family=\"sans-serif\" font-size=\"13\">\n<title>{}</title>\n",
      2 * kMargin + graph.levels.size() * (kWidth + kGapX),
      2 * kMargin + tallest * (kHeight + kGapY), base::escape_markup(resolution.pattern->name));
  for (std::size_t i = 0; i < graph.needs.size(); ++i)
    for (const Edge& edge : graph.needs[i]) {
      const Box from = boxes[edge.needs], to = boxes[i];
      const std::size_t x1 = from.x + kWidth, y1 = from.y + kHeight / 2, y2 = to.y + kHeight / 2;
      out +=
          fmt::format("<path d=\"M{} {} C{} {} {} {} {} {}\" fill=\"none\" stroke=\"#777\"{}/>\n",
                      x1, y1, x1 + kGapX / 2, y1, to.x - kGapX / 2, y2, to.x, y2,
                      edge.why == Why::asked ? "" : " stroke-dasharray=\"4 3\"");
    }
  for (std::size_t i = 0; i < boxes.size(); ++i)
    out += fmt::format(
        "<rect x=\"{0}\" y=\"{1}\" width=\"{2}\" height=\"{3}\" rx=\"6\" fill=\"#eef3fb\" "
        "stroke=\"#4a6fa5\"/>\n<text x=\"{4}\" y=\"{5}\">{6}</text>\n<text x=\"{4}\" y=\"{7}\" "
        "fill=\"#666\" font-size=\"11\">{8}</text>\n",
        boxes[i].x, boxes[i].y, kWidth, kHeight, boxes[i].x + 8, boxes[i].y + 18,
        base::escape_markup(key_of(resolution, i)), boxes[i].y + 35,
        base::escape_markup(resolution.parts[i].type.name));
  return out + "</svg>\n";
}

}  // namespace weft::pattern
