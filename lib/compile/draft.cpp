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

bool same_text(const Value* value, const std::string& text) {
  return value == nullptr ? text.empty() : *value == text;
}

// Items that nobody wrote: of a list where only some items of a setting have one.
void drop_gaps(Value& value) {
  if (value.is_list()) {
    std::erase_if(value.items(), [](const Value& item) { return item.is_null(); });
    for (auto& item : value.items()) drop_gaps(item);
  } else if (value.is_map()) {
    for (auto& member : value.members()) drop_gaps(member.value);
  }
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
  const auto [known, is_new] = part.writers.emplace(place, writer);
  if (!is_new && known->second.id != writer.id && !(at == value))
    return Error{ExitCode::input,
                 fmt::format("{} and {} want different values for {} of the {} {}",
                             known->second.label, writer.label, place, part.kind->kind,
                             metadata_of(part.value, "name")->string()),
                 "make them agree, or remove one of them"};
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
  for (const auto& part : parts_)
    if (part->kind->kind == kind->kind && part->kind->group == kind->group &&
        same_text(metadata_of(part->value, "name"), name) &&
        same_text(metadata_of(part->value, "namespace"), ns))
      return part.get();
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
  return parts_.emplace_back(std::move(part)).get();
}

base::Result<void> Draft::put(Part& part, const Path& path, std::size_t index, const Value& value,
                              const Draft::Writer& writer) {
  base::Result<void> result;
  make(part.value, path, index, [&](Value& at, const std::string& place) {
    if (result.ok()) result = write(part, at, place, value, writer);
  });
  return result;
}

base::Result<void> Draft::check() const {
  for (const auto& part : parts_)
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
    drop_gaps(part->value);
    objects.push_back({std::move(part->value), part->kind->partial});
  }
  parts_.clear();
  return objects;
}

}  // namespace weft::compile
