#include "lib/compile/tables.h"

#include <algorithm>

#include "lib/base/format.h"
#include "lib/base/number.h"
#include "lib/base/text.h"
#include "lib/compile/builtin.h"
#include "lib/doc/read.h"

namespace weft::compile {
namespace {

struct Tables {
  std::map<std::string, MeshTable, std::less<>> meshes;
  std::map<std::string, Mapping, std::less<>> mappings;
  std::vector<std::string> problems;
};

template <typename T>
void read_into(std::map<std::string, T, std::less<>>& result, const base::EmbeddedFile& file,
               base::Result<T> (*read)(const doc::Document&), std::vector<std::string>& problems) {
  auto document = doc::read(doc::Source(std::string(file.name), std::string(file.text)));
  auto table = document.ok() ? read(*document) : base::Result<T>(std::move(document).error());
  if (table.ok())
    result.emplace(file.name, std::move(*table));
  else
    problems.push_back(fmt::format("{}: {}", file.name, table.error().message));
}

// Whether the mesh has the kind, by itself or from the one that it is like.
bool knows(const Tables& tables, const MeshTable* mesh, const std::string& handle) {
  while (mesh != nullptr) {
    if (std::ranges::find(mesh->kinds, handle, &KindTable::handle) != mesh->kinds.end())
      return true;
    const auto next = tables.meshes.find(mesh->like);
    mesh = next == tables.meshes.end() ? nullptr : &next->second;
  }
  return false;
}

std::vector<const Place*> places_of(const Variant& variant) {
  std::vector<const Place*> places;
  places.reserve(variant.fixed.size() + variant.with.size() + variant.fields.size());
  for (const auto& fixed : variant.fixed) places.push_back(&fixed.place);
  for (const auto& fixed : variant.with) places.push_back(&fixed.place);
  for (const auto& field : variant.fields) places.push_back(&field.place);
  return places;
}

// Kinds that mappings name must be there.
void check_kinds(Tables& tables) {
  for (const auto& [name, mapping] : tables.mappings)
    for (const auto& [mesh, variants] : mapping.meshes) {
      const auto table = tables.meshes.find(mesh);
      if (table == tables.meshes.end()) {
        tables.problems.push_back(fmt::format("{}: no mesh {}", name, mesh));
        continue;
      }
      for (const auto& variant : variants)
        for (const Place* place : places_of(variant))
          if (!knows(tables, &table->second, place->kind))
            tables.problems.push_back(
                fmt::format("{}: {} has no kind {}", name, mesh, place->kind));
    }
}

Tables read_tables() {
  Tables tables;
  for (const auto& file : builtin_meshes())
    read_into(tables.meshes, file, read_mesh_table, tables.problems);
  for (const auto& file : builtin_mappings())
    read_into(tables.mappings, file, read_mapping, tables.problems);
  check_kinds(tables);
  return tables;
}

const Tables& tables() {
  static const Tables result = read_tables();
  return result;
}

}  // namespace

int compare_versions(std::string_view a, std::string_view b) {
  const auto left = base::split(a, '.');
  const auto right = base::split(b, '.');
  for (std::size_t i = 0; i < left.size() && i < right.size(); ++i) {
    const auto x = base::parse_uint(left[i]).value_or(0);
    const auto y = base::parse_uint(right[i]).value_or(0);
    if (x != y) return x < y ? -1 : 1;
  }
  return 0;
}

bool Range::has(std::string_view version) const {
  return (since.empty() || compare_versions(version, since) >= 0) &&
         (until.empty() || compare_versions(version, until) <= 0);
}

std::string Range::text() const {
  if (since.empty() && until.empty()) return "";
  if (until.empty()) return "since " + since;
  if (since.empty()) return "until " + until;
  return fmt::format("from {} to {}", since, until);
}

const MeshTable* mesh_table(std::string_view mesh) {
  const auto found = tables().meshes.find(mesh);
  return found == tables().meshes.end() ? nullptr : &found->second;
}

const KindTable* find_kind(const MeshTable& mesh, std::string_view handle) {
  for (const MeshTable* at = &mesh; at != nullptr; at = mesh_table(at->like))
    if (const auto found = std::ranges::find(at->kinds, handle, &KindTable::handle);
        found != at->kinds.end())
      return &*found;
  return nullptr;
}

std::vector<const KindTable*> kinds_of(const MeshTable& mesh) {
  std::vector<const KindTable*> kinds;
  for (const MeshTable* at = &mesh; at != nullptr; at = mesh_table(at->like))
    for (const auto& kind : at->kinds)
      if (std::ranges::find(kinds, kind.handle, [](const KindTable* each) {
            return std::string_view(each->handle);
          }) == kinds.end())
        kinds.push_back(&kind);
  return kinds;
}

const Mapping* mapping_of(std::string_view capability) {
  const auto found = tables().mappings.find(capability);
  return found == tables().mappings.end() ? nullptr : &found->second;
}

const std::vector<Variant>& variants_of(std::string_view capability, std::string_view mesh) {
  static const std::vector<Variant> none;
  const Mapping* mapping = mapping_of(capability);
  if (mapping == nullptr) return none;
  const auto found = mapping->meshes.find(mesh);
  return found == mapping->meshes.end() ? none : found->second;
}

std::vector<std::string> table_problems() { return tables().problems; }

}  // namespace weft::compile
