// Mesh-agnostic types and traits: what a service should have, made into objects of the mesh that is
// there. A trait is about the service that carries it, a type about the service of its name:
//
//   reviews-retry: {type: Retry, name: reviews, settings: {attempts: 3}}
#pragma once

#include <string>
#include <vector>

#include "lib/pattern/resolving/resolve.h"

namespace weft::pattern {

struct Wish {
  const Service* service = nullptr;  // that says it
  std::size_t part = 0;              // its index
  std::string type{};                // "Retry"
  doc::Value settings{};
  std::string ns{};
  doc::Position at{};
};

// Wishes about one service share objects, which go to the part of the last of them; what is added
// to an object that another part has goes there. Without a mesh to make them for, an error,
// unless they are only checked.
base::Result<void> grant(const std::vector<Wish>& wishes, const ResolveOptions& options,
                         Resolution& resolution, Notes& notes);

}  // namespace weft::pattern
