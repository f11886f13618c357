// Any file a user may put into the folder of meshes: read, chosen from and resolved without harm.
#include "lib/doc/read.h"
#include "lib/mesh/read_mesh.h"
#include "lib/mesh/selection.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace weft;
  const doc::Limits limits{.depth = 50, .nodes = 20'000, .alias_bytes = 1 << 20};
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto documents = doc::read_yaml(doc::Source("fuzz", text), limits);
  if (!documents.ok()) return 0;
  for (const auto& document : *documents) {
    const auto mesh = mesh::read_mesh(document);
    if (!mesh.ok()) continue;
    const auto version = mesh::resolve(*mesh, text.substr(0, text.find('\n')));
    const auto newest = mesh::resolve(*mesh, "");
    std::vector<std::string> features;
    for (const auto& feature : mesh->features) features.push_back(feature.name);
    const auto row = newest.ok() ? *newest : mesh::Version{};
    if (mesh::select(*mesh, row, {.mode = {}, .profile = {}, .features = features}).ok())
      for (const auto& mode : mesh->modes) (void)mesh::select(*mesh, row, {.mode = mode.name});
    (void)version.ok();
  }
  return 0;
}
