#include "lib/compile/lift.h"

#include <algorithm>
#include <unordered_map>

#include "lib/base/format.h"
#include "lib/compile/pieces.h"
#include "lib/compile/read_intents.h"

namespace weft::compile {
namespace {

using doc::Value;

std::string title_of(const Value& object) {
  const std::string ns = text_at(object, {"metadata", "namespace"});
  return fmt::format("{} {}{}", text_at(object, {"kind"}), ns.empty() ? "" : ns + "/",
                     text_at(object, {"metadata", "name"}));
}

// Leaves of `actual` that `again` does not have.
void missing_leaves(const Value& actual, const Value* again, const std::string& place,
                    std::vector<std::string>& missing) {
  if (again != nullptr && *again == actual) return;
  if (actual.is_map() && actual.size() > 0) {
    for (const auto& member : actual.members())
      missing_leaves(member.value, again == nullptr ? nullptr : again->find(member.key),
                     place.empty() ? member.key.str() : fmt::format("{}.{}", place, member.key),
                     missing);
  } else if (actual.is_list() && actual.size() > 0 && again != nullptr && again->is_list()) {
    for (std::size_t i = 0; i < actual.size(); ++i)
      missing_leaves(actual.items()[i], i < again->size() ? &again->items()[i] : nullptr,
                     fmt::format("{}[{}]", place, i), missing);
  } else {
    missing.push_back(place);
  }
}

// What of the object is neither its name nor brought back.
std::vector<std::string> lost_of(const Value& object, const Value* again) {
  std::vector<std::string> lost;
  for (const auto& member : object.members()) {
    if (member.key == "apiVersion" || member.key == "kind" || member.key == "status") continue;
    const Value* other = again == nullptr ? nullptr : again->find(member.key);
    if (member.key != "metadata") {
      missing_leaves(member.value, other, member.key, lost);
      continue;
    }
    for (const auto part : {"labels", "annotations"})
      if (const Value* own = member.value.find(part))
        missing_leaves(*own, other == nullptr ? nullptr : other->find(part),
                       fmt::format("metadata.{}", part), lost);
  }
  return lost;
}

std::string key_of_object(const Value& object, const std::string& name) {
  return key_of(group_of(object), text_at(object, {"kind"}),
                text_at(object, {"metadata", "namespace"}), name);
}

// Kinds of Kubernetes tell nothing of the mesh.
bool is_of_kubernetes(const Value& object) {
  const std::string group = group_of(object);
  return group.empty() || group == "apps" || group == "networking.k8s.io";
}

}  // namespace

std::string mesh_of(const std::vector<Value>& objects) {
  std::string best;
  std::size_t most = 0;
  for (const auto& column : capability::meshes()) {
    const MeshTable* mesh = mesh_table(column.mesh);
    if (mesh == nullptr) continue;
    const auto count_of =
        static_cast<std::size_t>(std::ranges::count_if(objects, [&](const Value& object) {
          return !is_of_kubernetes(object) &&
                 std::ranges::any_of(kinds_of(*mesh),
                                     [&](const KindTable* kind) { return is_of(object, *kind); });
        }));
    // SMI and the Gateway API count only where no mesh has more: they come last.
    if (count_of > most) {
      most = count_of;
      best = column.mesh;
    }
  }
  return best;
}

bool is_lifted_group(std::string_view group, std::string_view mesh) {
  const bool is_own = group.find('.') != std::string_view::npos &&
                      (!group.ends_with(".k8s.io") || group.starts_with("gateway."));
  return is_own && std::ranges::any_of(capability::meshes(), [&](const auto& column) {
           const MeshTable* table = mesh_table(column.mesh);
           return table != nullptr && (mesh.empty() || mesh == column.mesh) &&
                  std::ranges::any_of(kinds_of(*table),
                                      [&](const KindTable* kind) { return kind->group == group; });
         });
}

bool is_mesh_wide(const Value& object) {
  return std::ranges::any_of(capability::meshes(), [&object](const auto& column) {
    const MeshTable* table = mesh_table(column.mesh);
    return table != nullptr &&
           std::ranges::any_of(kinds_of(*table), [&object](const KindTable* kind) {
             return is_of(object, *kind) && kind->ns != "$namespace";
           });
  });
}

base::Result<Lifted> lift(const std::vector<Value>& objects, const Target& from) {
  Lifted result;
  const std::string name = from.mesh.empty() ? mesh_of(objects) : from.mesh;
  const MeshTable* mesh = mesh_table(name);
  if (mesh == nullptr) {
    if (from.mesh.empty()) {
      result.kept = objects;
      return result;
    }
    return base::Error{base::ExitCode::usage,
                       fmt::format("nothing can be lifted from {}", from.mesh),
                       "weft capability list names the meshes"};
  }
  std::vector<Piece> pieces;
  std::unordered_map<const Value*, std::size_t> piece_of_object;
  for (const auto& object : objects) {
    auto piece = piece_of(object, *mesh);
    if (!piece) continue;
    piece_of_object.emplace(&object, pieces.size());
    pieces.push_back(std::move(*piece));
  }
  const std::string version = from.version.empty() ? mesh->newest : from.version;
  result.intents = read_intents(*mesh, pieces, version);
  WEFT_TRY(again, compile(result.intents, {.mesh = mesh->mesh,
                                           .version = from.version,
                                           .serves = from.serves,
                                           .allow_loss = true}));
  std::unordered_map<std::string, const Value*> made;
  for (const auto& one : again.objects)
    made.emplace(key_of_object(one.value, text_at(one.value, {"metadata", "name"})), &one.value);
  for (const auto& object : objects) {
    const auto found = piece_of_object.find(&object);
    const bool is_mesh_object = found != piece_of_object.end();
    std::string own_name = text_at(object, {"metadata", "name"});
    if (is_mesh_object)
      own_name = fill(pieces[found->second].kind->name, pieces[found->second].names);
    const auto same = made.find(key_of_object(object, own_name));
    const Value* twin = same == made.end() ? nullptr : same->second;
    const auto lost = lost_of(object, twin);
    if (twin == nullptr || (!is_mesh_object && !lost.empty())) result.kept.push_back(object);
    if (is_mesh_object && (twin != nullptr || !is_of_kubernetes(object)))
      for (const auto& place : lost)
        result.losses.push_back(
            fmt::format("{}: {} {}", title_of(object), place,
                        twin == nullptr ? "is kept as it is" : "has no counterpart"));
  }
  return result;
}

}  // namespace weft::compile
