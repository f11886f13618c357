#include "lib/compile/read_intents.h"

#include <algorithm>
#include <unordered_map>

#include "lib/capability/settings.h"
#include "lib/compile/encoding.h"
#include "lib/compile/setting_path.h"

namespace weft::compile {
namespace {

using doc::Value;

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

}  // namespace

std::vector<Intent> read_intents(const MeshTable& mesh, const std::vector<Piece>& pieces,
                                 const std::string& version) {
  return Reader(mesh, pieces, version).intents();
}

}  // namespace weft::compile
