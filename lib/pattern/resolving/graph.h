// What must be there before what. dependsOn accepts key, name and id of a service; other edges are
// known by themselves: an object's namespace, the definition of its kind, the mesh whose kind or
// add-on it is, the gateway of a route, the destination rule behind subsets.
//
//   WEFT_TRY(graph, make_graph(resolution, notes));
//   for (const auto& level : graph.levels) start(level);         // each level after the one before
#pragma once

#include <string_view>
#include <vector>

#include "lib/base/result.h"
#include "lib/pattern/resolving/resolve.h"

namespace weft::pattern {

enum class Why { asked, ns, definition, mesh, gateway, subset };
std::string_view name_of(Why why);  // "dependsOn", "namespace" ...

struct Edge {
  std::size_t needs = 0;  // index of a service
  Why why = Why::asked;
};

struct Graph {
  std::vector<std::vector<Edge>> needs;  // by service
  std::vector<std::vector<std::size_t>> levels;
  std::vector<std::size_t> level_of;  // by service
};

// A dependsOn that leads nowhere, to several services or in a circle is an error at its place, with
// the path. An edge that nobody asked for and that closes a circle is left out.
base::Result<Graph> make_graph(const Resolution& resolution, Notes& notes);

}  // namespace weft::pattern
