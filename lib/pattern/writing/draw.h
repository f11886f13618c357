// The graph of a pattern as text, DOT (Graphviz), Mermaid and SVG.
#pragma once

#include <string>

#include "lib/pattern/resolving/graph.h"

namespace weft::pattern {

// What each service needs, indented below it; a service that stands above already ends in "...".
std::string draw_tree(const Resolution& resolution, const Graph& graph);
std::string draw_dot(const Resolution& resolution, const Graph& graph);
std::string draw_mermaid(const Resolution& resolution, const Graph& graph);
// One column a level, from left to right.
std::string draw_svg(const Resolution& resolution, const Graph& graph);

}  // namespace weft::pattern
