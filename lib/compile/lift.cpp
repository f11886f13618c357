#include "lib/compile/lift.h"

#include <algorithm>
#include <unordered_map>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/capability/settings.h"
#include "lib/compile/encoding.h"
#include "lib/compile/names.h"
#include "lib/compile/setting_path.h"
#include "lib/compile/tables.h"

namespace weft::compile {
namespace {

using doc::Value;

std::string text_at(const Value& object, std::initializer_list<std::string_view> path) {
  const Value* value = &object;
  for (const auto key : path) {
    value = value->find(key);
    if (value == nullptr) return "";
  }
  return value->is_string() ? value->string() : "";
}

std::string group_of(const Value& object) {
  const std::string api_version = text_at(object, {"apiVersion"});
  const auto slash = api_version.find('/');
  return slash == std::string::npos ? "" : api_version.substr(0, slash);
}

bool is_of(const Value& object, const KindTable& kind) {
  return text_at(object, {"kind"}) == kind.kind && group_of(object) == kind.group;
}

std::string title_of(const Value& object) {
  const std::string ns = text_at(object, {"metadata", "namespace"});
  return fmt::format("{} {}{}", text_at(object, {"kind"}), ns.empty() ? "" : ns + "/",
                     text_at(object, {"metadata", "name"}));
}

// An object as one form of its kind, and the service that it is about.
struct Piece {
  const KindTable* kind = nullptr;
  const Value* object = nullptr;
  Names names;
  int fit = 0;  // how much of the form is there
};

// How many texts of the form the object has, less those that differ.
int fit_of(const Value& form, const Value& actual) {
  if (form.is_map()) {
    int fit = 0;
    for (const auto& member : form.members()) {
      const Value* other = actual.find(member.key);
      fit += other == nullptr ? -1 : fit_of(member.value, *other);
    }
    return fit;
  }
  if (form.is_list()) return !actual.is_list() || actual.size() == 0 ? -1 : 0;
  return form == actual ? 1 : -1;
}

// The service that the object names at its subject, as the form writes it there.
void read_subject(const KindTable& kind, const Value& object, Names& names) {
  std::optional<std::string> form;
  look(kind.body, kind.subject, 0,
       [&form](const Value& value, const std::string&) { form = value.string(); });
  look(object, kind.subject, 0, [&](const Value& value, const std::string&) {
    Names trial = names;
    if (form && value.is_string() && recognise(*form, value.string(), trial))
      names = std::move(trial);
  });
}

std::optional<Piece> piece_of(const KindTable& kind, const Value& object, const MeshTable& mesh) {
  // An object of the caller does not tell which service it is about.
  if (!is_of(object, kind) || kind.name == "$client") return std::nullopt;
  const std::string name = text_at(object, {"metadata", "name"});
  const std::string ns = text_at(object, {"metadata", "namespace"});
  Piece piece{&kind, &object, {}, 0};
  piece.names.root = mesh.root;
  if (!recognise(kind.ns, ns, piece.names)) return std::nullopt;
  if (!kind.subject.empty()) read_subject(kind, object, piece.names);
  const bool is_named = recognise(kind.name, name, piece.names);
  if (!is_named && piece.names.service.empty()) return std::nullopt;
  Names rest = piece.names;
  recognise_value(kind.body, object, rest);
  piece.names.labels = rest.labels;
  piece.names.port = rest.port;
  if (piece.names.ns.empty()) piece.names.ns = rest.ns;
  const bool is_special = kind.name != "$service";
  piece.fit = 2 * fit_of(fill_value(kind.body, piece.names), object) +
              (is_named ? 3 + (is_special ? 1 : 0) : 0);
  return piece;
}

// What tells an object or a service from others, in one text.
template <typename... Parts>
std::string key_of(const Parts&... parts) {
  std::string key;
  ((key += parts, key += '\n'), ...);
  return key;
}

class Reader {
 public:
  Reader(const MeshTable& mesh, const std::vector<Piece>& pieces, const std::string& version)
      : mesh_(mesh), pieces_(pieces), version_(version) {
    for (const auto& piece : pieces)
      index_[key_of(piece.kind->handle, piece.names.service)].push_back(&piece);
  }

  std::vector<Intent> intents() const;

 private:
  std::optional<Intent> read(const capability::Capability& capability, const Variant& variant,
                             const Names& names) const;
  const std::vector<const Piece*>& pieces_of(const std::string& handle,
                                             const std::string& service) const;
  const Value* object_of(const std::string& handle, const Names& names) const;
  // Whether an object of the service itself, not only of the whole mesh, says so.
  bool is_about(const Variant& variant, const Names& names) const;
  bool has_fixed(const Variant& variant, const Names& names) const;
  bool read_field(const Variant& variant, const Field& field, const Names& names,
                  Value& settings) const;

  const MeshTable& mesh_;
  const std::vector<Piece>& pieces_;
  const std::string& version_;
  std::unordered_map<std::string, std::vector<const Piece*>> index_;  // by handle and service
};

const std::vector<const Piece*>& Reader::pieces_of(const std::string& handle,
                                                   const std::string& service) const {
  static const std::vector<const Piece*> none;
  const auto found = index_.find(key_of(handle, service));
  return found == index_.end() ? none : found->second;
}

// The first one given, be it of the service or of none.
const Value* Reader::object_of(const std::string& handle, const Names& names) const {
  const Piece* first = nullptr;
  for (const auto& service : {names.service, std::string()}) {
    const auto& pieces = pieces_of(handle, service);
    const auto found = std::ranges::find_if(pieces, [&names](const Piece* piece) {
      return piece->names.ns.empty() || piece->names.ns == names.ns ||
             piece->kind->ns != "$namespace";
    });
    if (found != pieces.end() && (first == nullptr || *found < first)) first = *found;
  }
  return first == nullptr ? nullptr : first->object;
}

// All of `wanted` is in `actual`, which may have more.
bool contains(const Value& actual, const Value& wanted) {
  if (wanted.is_map())
    return std::ranges::all_of(wanted.members(), [&actual](const doc::Member& member) {
      const Value* other = actual.find(member.key);
      return other != nullptr && contains(*other, member.value);
    });
  if (!wanted.is_list()) return actual == wanted;
  if (!actual.is_list() || actual.size() != wanted.size()) return false;
  for (std::size_t i = 0; i < wanted.size(); ++i)
    if (!contains(actual.items()[i], wanted.items()[i])) return false;
  return true;
}

bool Reader::has_fixed(const Variant& variant, const Names& names) const {
  return std::ranges::all_of(variant.fixed, [&](const Fixed& fixed) {
    const Value* object = object_of(fixed.place.kind, names);
    if (object == nullptr) return false;
    const Value wanted = fill_value(fixed.value, names);
    bool all = true;
    const bool is_there =
        look(*object, fill_path(fixed.place.path, names), 0,
             [&](const Value& value, const std::string&) { all = all && contains(value, wanted); });
    return wanted.is_null() ? !is_there : is_there && all;
  });
}

// The value that all places agree on.
std::optional<Value> agreed(const Value& object, const Path& path, std::size_t index) {
  std::optional<Value> result;
  bool same = true;
  const bool complete = look(object, path, index, [&](const Value& value, const std::string&) {
    same = same && (!result || *result == value);
    result = value;
  });
  return complete && same ? result : std::nullopt;
}

bool Reader::read_field(const Variant& variant, const Field& field, const Names& names,
                        Value& settings) const {
  const Encoding* encoding = find_encoding(field.encoding);
  const Value* object = object_of(field.place.kind, names);
  if (encoding->is_silent || object == nullptr || !field.range.has(version_)) return false;
  const Coding coding{names, variant, field.argument, {}};
  const Path path = fill_path(field.place.path, names);
  const std::size_t count_of = is_indexed(path) ? count(*object, path) : 1;
  bool found = false;
  for (std::size_t i = 0; i < count_of; ++i) {
    const auto raw = agreed(*object, path, i);
    auto value = raw ? encoding->decode(*raw, coding) : std::nullopt;
    if (!value) continue;
    // Of several places of one setting the first counts, but for lists that they share out.
    const bool known = field.setting.find('+') == std::string::npos &&
                       !find_settings(settings, field.setting).empty() && !is_indexed(path);
    if (!known || value->is_list()) set_setting(settings, field.setting, i, std::move(*value));
    found = true;
  }
  return found;
}

std::optional<Intent> Reader::read(const capability::Capability& capability, const Variant& variant,
                                   const Names& names) const {
  if (variant.one_way || !variant.range.has(version_) || !has_fixed(variant, names)) return {};
  Value settings = Value::map();
  for (const auto& [name, value] : variant.when)
    if (!value.is_null()) settings.set(name, value);
  bool found =
      std::ranges::any_of(variant.fixed, [](const Fixed& fixed) { return !fixed.value.is_null(); });
  for (const auto& field : variant.fields)
    found = read_field(variant, field, names, settings) || found;
  if (!found || std::ranges::any_of(variant.needs, [&settings](const std::string& need) {
        return find_settings(settings, need).empty();
      }))
    return {};
  auto checked = capability::check(capability, settings);
  if (!checked.ok()) return {};
  Intent intent{.capability = &capability, .service = names.service, .ns = names.ns};
  if (names.labels.is_map())
    for (const auto& member : names.labels.members())
      if (member.value.is_string()) intent.labels.emplace(member.key, member.value.string());
  if (intent.labels.size() == 1 && intent.labels.contains("app") &&
      intent.labels.at("app") == intent.service)
    intent.labels.clear();
  if (names.port > 0) intent.port = names.port;
  intent.settings = std::move(*checked);
  return intent;
}

bool Reader::is_about(const Variant& variant, const Names& names) const {
  const auto own = [&](const std::string& handle) {
    return std::ranges::any_of(pieces_of(handle, names.service),
                               [&](const Piece* piece) { return piece->names.ns == names.ns; });
  };
  return std::ranges::any_of(variant.fixed,
                             [&](const Fixed& fixed) { return own(fixed.place.kind); }) ||
         std::ranges::any_of(variant.fields,
                             [&](const Field& field) { return own(field.place.kind); });
}

std::vector<Intent> Reader::intents() const {
  std::vector<Intent> intents;
  std::vector<Names> subjects;
  std::unordered_map<std::string, std::size_t> known;
  for (const auto& piece : pieces_) {
    const auto [same, is_new] =
        known.emplace(key_of(piece.names.ns, piece.names.service), subjects.size());
    if (is_new) {
      subjects.push_back(piece.names);
      continue;
    }
    Names& subject = subjects[same->second];
    if (piece.names.labels.is_map()) subject.labels = piece.names.labels;
    if (piece.names.port > 0) subject.port = piece.names.port;
  }
  for (const auto& names : subjects)
    for (const auto& capability : capability::all())
      for (const auto& variant : variants_of(capability.name, mesh_.mesh)) {
        if (!is_about(variant, names)) continue;
        if (auto intent = read(capability, variant, names)) {
          intents.push_back(std::move(*intent));
          break;
        }
      }
  return intents;
}

// Leaves of `actual` that `again` does not have.
void missing_leaves(const Value& actual, const Value* again, const std::string& place,
                    std::vector<std::string>& missing) {
  if (again != nullptr && *again == actual) return;
  if (actual.is_map() && actual.size() > 0) {
    for (const auto& member : actual.members())
      missing_leaves(member.value, again == nullptr ? nullptr : again->find(member.key),
                     place.empty() ? member.key : fmt::format("{}.{}", place, member.key), missing);
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
    std::optional<Piece> best;
    for (const KindTable* kind : kinds_of(*mesh))
      if (auto piece = piece_of(*kind, object, *mesh); piece && (!best || piece->fit > best->fit))
        best = std::move(piece);
    if (!best) continue;
    piece_of_object.emplace(&object, pieces.size());
    pieces.push_back(std::move(*best));
  }
  const std::string version = from.version.empty() ? mesh->newest : from.version;
  result.intents = Reader(*mesh, pieces, version).intents();
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
