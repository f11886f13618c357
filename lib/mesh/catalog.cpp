#include "lib/mesh/catalog.h"

#include <algorithm>
#include <filesystem>

#include "lib/base/embedded.h"
#include "lib/base/file.h"
#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/doc/read.h"
#include "lib/mesh/builtin.h"
#include "lib/mesh/read_mesh.h"

namespace weft::mesh {
namespace {

using base::Error;
using base::ExitCode;

constexpr std::uint64_t kMaxFileBytes = 4u << 20;

base::Result<std::vector<std::string>> yaml_files(const std::string& folder) {
  namespace fs = std::filesystem;
  std::vector<std::string> paths;
  std::error_code failed;
  for (fs::directory_iterator at(folder, failed), end; !failed && at != end; at.increment(failed))
    if (const auto extension = at->path().extension(); extension == ".yaml" || extension == ".yml")
      paths.push_back(at->path().string());
  if (failed && failed != std::errc::no_such_file_or_directory)
    return Error{ExitCode::input, fmt::format("cannot read the folder {}", folder),
                 "it holds your own files of the catalogue; make it readable or remove it"}
        .because(failed.message());
  std::ranges::sort(paths);
  return paths;
}

base::Result<Mesh> parse(const std::string& source, std::string_view text) {
  WEFT_TRY(document, doc::read(doc::Source(source, std::string(text))));
  return read_mesh(document);
}

}  // namespace

Catalog Catalog::builtin() {
  Catalog catalog;
  for (const auto& file : builtin_meshes())
    catalog.entries_.emplace(file.name, Entry{std::string(file.name), file.text, {}, nullptr});
  return catalog;
}

base::Result<Catalog> Catalog::open(const std::string& folder) {
  Catalog catalog = builtin();
  WEFT_TRY(paths, yaml_files(folder));
  for (const auto& path : paths) {
    WEFT_TRY(text, base::read_file(path, kMaxFileBytes));
    WEFT_TRY(mesh, parse(path, text));
    if (mesh.id != std::filesystem::path(path).stem().string())
      return Error{ExitCode::input, fmt::format("{} describes the mesh {}", path, mesh.id),
                   fmt::format("name the file {}.yaml", mesh.id)};
    const std::string id = mesh.id;
    catalog.entries_.insert_or_assign(
        id, Entry{path, {}, std::move(text), std::make_unique<Mesh>(std::move(mesh))});
  }
  for (const auto& [id, entry] : catalog.entries_)
    if (!entry.text.empty()) WEFT_CHECK(catalog.refuse_clashes(entry));
  return catalog;
}

base::Result<void> Catalog::refuse_clashes(const Entry& entry) const {
  WEFT_TRY(meshes, heads());
  const auto clash = [&](const std::string& alias) -> const Mesh* {
    const auto other = std::ranges::find_if(meshes, [&](const Mesh& each) {
      const auto is_it = [&](const std::string& name) {
        return base::equal_ignoring_case(name, alias);
      };
      return each.id != entry.mesh->id &&
             (is_it(each.id) || std::ranges::any_of(each.aliases, is_it));
    });
    return other == meshes.end() ? nullptr : &*other;
  };
  for (const std::string& alias : entry.mesh->aliases)
    if (const Mesh* other = clash(alias))
      return Error{
          ExitCode::input,
          fmt::format("{}: the alias {} is a name of {} already", entry.source, alias, other->id),
          "take another alias"};
  return {};
}

base::Result<const Mesh*> Catalog::read(Entry& entry) const {
  if (entry.mesh == nullptr) {
    WEFT_TRY(mesh, parse(entry.source, entry.embedded));
    entry.mesh = std::make_unique<Mesh>(std::move(mesh));
  }
  return entry.mesh.get();
}

base::Result<const Mesh*> Catalog::find(std::string_view id_or_alias) const {
  const auto wanted = base::lower(id_or_alias);
  if (const auto entry = entries_.find(wanted); entry != entries_.end()) return read(entry->second);
  WEFT_TRY(meshes, heads());
  std::vector<std::string> names;
  for (const auto& mesh : meshes) {
    names.push_back(mesh.id);
    for (const auto& alias : mesh.aliases) {
      if (base::equal_ignoring_case(alias, wanted)) return find(mesh.id);
      names.push_back(alias);
    }
  }
  return Error{
      ExitCode::usage,
      fmt::format("no mesh is called {}{}", id_or_alias, base::did_you_mean(wanted, names)),
      "weft mesh list --all"};
}

base::Result<doc::Value> Catalog::document(std::string_view id_or_alias) const {
  WEFT_TRY(mesh, find(id_or_alias));
  const Entry& entry = entries_.find(mesh->id)->second;
  const auto text = entry.text.empty() ? std::string(entry.embedded) : entry.text;
  WEFT_TRY(read, doc::read(doc::Source(entry.source, text)));
  doc::Value document;
  document.set("schema", "weft.mesh/v1");
  for (const auto& member : read.root.members()) document.set(member.key, member.value);
  return document;
}

base::Result<std::vector<const Mesh*>> Catalog::all() const {
  std::vector<const Mesh*> meshes;
  for (auto& [id, entry] : entries_) {
    WEFT_TRY(mesh, read(entry));
    meshes.push_back(mesh);
  }
  return meshes;
}

base::Result<std::vector<Mesh>> Catalog::heads() const {
  WEFT_TRY(index, doc::read_json(doc::Source("catalogue", std::string(builtin_meshes_index()))));
  std::map<std::string, Mesh> heads;
  for (const auto& one : index.root.items()) {
    WEFT_TRY(mesh, read_head(index, one));
    heads.emplace(mesh.id, std::move(mesh));
  }
  for (const auto& [id, entry] : entries_)
    if (entry.mesh != nullptr) heads.insert_or_assign(id, *entry.mesh);
  std::vector<Mesh> meshes;
  meshes.reserve(heads.size());
  for (auto& [id, mesh] : heads) meshes.push_back(std::move(mesh));
  return meshes;
}

std::vector<std::string> Catalog::ids() const {
  std::vector<std::string> ids;
  for (const auto& [id, entry] : entries_) ids.push_back(id);
  return ids;
}

}  // namespace weft::mesh
