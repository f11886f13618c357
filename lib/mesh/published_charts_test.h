// The published charts beside the checkout, as the tests of the catalogue see them.
#pragma once

#include <catch2/catch.hpp>
#include <map>
#include <optional>
#include <string>

#include "lib/kube/object.h"
#include "lib/mesh/catalog.h"

namespace weft::mesh {

template <typename T>
T taken(base::Result<T> result) {
  if (!result.ok()) FAIL(result.error().where.text() << ": " << result.error().message);
  return *std::move(result);
}

const Catalog& builtin_catalog();

// Their folder; absent, with a warning, when they are not there.
std::optional<std::string> charts();
// Below it: the folder of a mesh, where `suffix` "-prev" is an older version; add-ons share one.
std::string folder_of(const Mesh& mesh, const std::string& suffix = {});

struct Rendered {
  kube::Objects objects;                      // everything but CRDs
  std::map<std::string, std::uint64_t> crds;  // by group
};

// Every chart of the mesh that is there, in one.
Rendered render_all(const Mesh& mesh, const std::string& root, const std::string& suffix = {});
bool is_rendered(const std::string& root, const Mesh& mesh, const Step& step);

// The first object of that kind whose name fits; nullptr when there is none.
const kube::Object* find(const Rendered& rendered, std::string_view kind, std::string_view name);

}  // namespace weft::mesh
