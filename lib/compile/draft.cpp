#include "lib/compile/draft.h"

#include <algorithm>

#include "lib/base/format.h"

namespace weft::compile {
namespace {

using base::Error;
using base::ExitCode;
using doc::Value;

const Value* metadata_of(const Value& object, std::string_view key) {
  const Value* metadata = object.find("metadata");
  return metadata == nullptr ? nullptr : metadata->find(key);
}

// Items that nobody wrote: of a list where only some items of a setting have one.
void drop_gaps(Value& value) {
  if (value.is_list()) {
    Value::List kept;
    for (auto& item : value.items()) {
      if (item.is_null()) continue;
      drop_gaps(item);
      kept.push_back(std::move(item));
    }
    value.items() = std::move(kept);
  } else if (value.is_map()) {
    for (auto& member : value.members()) drop_gaps(member.value);
  }
}

// What a table wants to be absent: it stands there as null so that others do not write it.
void drop_absent(Draft::Part& part) {
  for (const Path& path : part.absent)
    make(part.value, Path(path.begin(), path.end() - 1), 0, [&](Value& at, const std::string&) {
      Value rest = Value::map();
      for (auto& member : at.members())
        if (member.key != path.back().key) rest.set(member.key, std::move(member.value));
      at = std::move(rest);
    });
}

using Writers = std::map<std::string, Draft::Writer>;

// Somebody else who wrote the place, something that it is part of, or a part of it.
const Draft::Writer* other_writer(const Writers& writers, const std::string& place,
                                  const Draft::Writer& writer) {
  const auto other = [&](Writers::const_iterator found) {
    return found != writers.end() && found->second.id != writer.id ? &found->second : nullptr;
  };
  if (const auto* same = other(writers.find(place))) return same;
  for (auto cut = place.find_last_of(".["); cut != std::string::npos && cut > 0;
       cut = place.find_last_of(".[", cut - 1))
    if (const auto* around = other(writers.find(place.substr(0, cut)))) return around;
  for (auto next = writers.upper_bound(place);
       next != writers.end() && next->first.starts_with(place); ++next) {
    const char after = next->first[place.size()];
    if (const auto* inside = other(next); inside != nullptr && (after == '.' || after == '['))
      return inside;
  }
  return nullptr;
}

base::Result<void> write(Draft::Part& part, Value& at, const std::string& place, const Value& value,
                         const Draft::Writer& writer) {
  if (value.is_map() && value.size() > 0) {
    if (!at.is_map()) at = Value::map();
    for (const auto& member : value.members()) {
      if (at.find(member.key) == nullptr) at.set(member.key, Value());
      WEFT_CHECK(write(part, *at.find(member.key), fmt::format("{}.{}", place, member.key),
                       member.value, writer));
    }
    return {};
  }
  if (!(at == value))
    if (const auto* other = other_writer(part.writers, place, writer))
      return Error{ExitCode::input,
                   fmt::format("{} and {} want different values for {} of the {} {}", other->label,
                               writer.label, place, part.kind->kind,
                               metadata_of(part.value, "name")->string()),
                   "make them agree, or remove one of them"};
  part.writers.emplace(place, writer);
  at = value;
  return {};
}

}  // namespace

base::Result<std::string> Draft::api_version(const KindTable& kind) const {
  const std::string prefix = kind.group.empty() ? "" : kind.group + "/";
  for (const auto& each : kind.versions) {
    const std::string api_version = prefix + each.version;
    if (target_.serves ? target_.serves(api_version, kind.kind) : each.range.has(version_))
      return api_version;
  }
  if (target_.serves)
    return Error{ExitCode::input,
                 fmt::format("the cluster does not serve {} of {}", kind.kind, kind.group),
                 "install the definitions, or name the mesh that is there with --mesh"};
  return Error{ExitCode::input,
               fmt::format("{} {} does not serve {}", mesh_.mesh, version_, kind.kind),
               fmt::format("it does {}", kind.versions.back().range.text())};
}

base::Result<Draft::Part*> Draft::object(const std::string& handle, const Names& names) {
  const KindTable* kind = find_kind(mesh_, handle);
  const std::string name = fill(kind->name, names);
  const std::string ns = fill(kind->ns, names);
  const std::string key = fmt::format("{}/{}/{}/{}", kind->group, kind->kind, ns, name);
  if (const auto known = index_.find(key); known != index_.end()) return known->second;
  WEFT_TRY(version, api_version(*kind));
  Value metadata = Value::map().set("name", name);
  if (!ns.empty()) metadata.set("namespace", ns);
  const Value body = fill_value(kind->body, names);
  if (const Value* more = body.find("metadata"))
    for (const auto& member : more->members()) metadata.set(member.key, member.value);
  auto part = std::make_unique<Part>();
  part->kind = kind;
  part->value.set("apiVersion", version).set("kind", kind->kind);
  part->value.set("metadata", std::move(metadata));
  for (const auto& member : body.members())
    if (member.key != "metadata") part->value.set(member.key, member.value);
  return index_[key] = parts_.emplace_back(std::move(part)).get();
}

base::Result<void> Draft::put(Part& part, const Path& path, std::size_t index, const Value& value,
                              const Draft::Writer& writer) {
  base::Result<void> result;
  if (value.is_null()) part.absent.push_back(path);
  make(part.value, path, index, [&](Value& at, const std::string& place) {
    if (result.ok()) result = write(part, at, place, value, writer);
  });
  return result;
}

base::Result<void> Draft::check() const {
  for (const auto& part : parts_) {
    if (part->kind->excludes.empty()) continue;
    for (const auto& other : parts_)
      if (std::ranges::find(part->kind->excludes, other->kind->handle) !=
              part->kind->excludes.end() &&
          *metadata_of(part->value, "namespace") == *metadata_of(other->value, "namespace") &&
          metadata_of(part->value, "name")
              ->string()
              .starts_with(metadata_of(other->value, "name")->string()))
        return Error{ExitCode::input,
                     fmt::format("{} needs a {}, which switches off what {} wants of the {} {}",
                                 part->writers.begin()->second.label, part->kind->kind,
                                 other->writers.begin()->second.label, other->kind->kind,
                                 metadata_of(other->value, "name")->string()),
                     "choose one of them"};
  }
  return {};
}

std::vector<Object> Draft::finish() {
  const auto kinds = kinds_of(mesh_);
  const auto rank = [&kinds](const std::unique_ptr<Part>& part) {
    return std::ranges::find(kinds, part->kind) - kinds.begin();
  };
  std::ranges::stable_sort(parts_, {}, rank);
  std::vector<Object> objects;
  for (auto& part : parts_) {
    drop_absent(*part);
    drop_gaps(part->value);
    objects.push_back({std::move(part->value), part->kind->partial});
  }
  parts_.clear();
  index_.clear();
  return objects;
}

}  // namespace weft::compile
