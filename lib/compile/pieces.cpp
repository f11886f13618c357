#include "lib/compile/pieces.h"

#include <utility>

#include "lib/compile/path.h"

namespace weft::compile {

using doc::Value;

std::string text_at(const Value& object, std::initializer_list<std::string_view> path) {
  const Value* value = &object;
  for (const auto key : path) {
    value = value->find(key);
    if (value == nullptr) return "";
  }
  return value->is_string() ? value->string().str() : "";
}

std::string group_of(const Value& object) {
  const std::string api_version = text_at(object, {"apiVersion"});
  const auto slash = api_version.find('/');
  return slash == std::string::npos ? "" : api_version.substr(0, slash);
}

bool is_of(const Value& object, const KindTable& kind) {
  return text_at(object, {"kind"}) == kind.kind && group_of(object) == kind.group;
}

namespace {

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

std::optional<Piece> as_form(const KindTable& kind, const Value& object, const MeshTable& mesh) {
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

}  // namespace

std::optional<Piece> piece_of(const Value& object, const MeshTable& mesh) {
  std::optional<Piece> best;
  for (const KindTable* kind : kinds_of(mesh))
    if (auto piece = as_form(*kind, object, mesh); piece && (!best || piece->fit > best->fit))
      best = std::move(piece);
  return best;
}

}  // namespace weft::compile
