// Patterns written in another dialect.
//
//   WEFT_TRY(converted, convert(resolution, graph, Dialect::v1beta1));
//   for (const auto& document : converted.documents) out << doc::write_yaml(document);
#pragma once

#include <string>
#include <vector>

#include "lib/pattern/resolving/graph.h"

namespace weft::pattern {

struct Converted {
  std::vector<doc::Value> documents;  // one, but for manifests: those in the order of the levels
  std::vector<std::string> losses;    // what the other dialect cannot say
};

Converted convert(const Resolution& resolution, const Graph& graph, Dialect to);

}  // namespace weft::pattern
