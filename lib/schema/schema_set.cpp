#include "lib/schema/schema_set.h"

#include <mutex>
#include <optional>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/schema/builtin.h"
#include "lib/schema/descriptions.h"

namespace weft::schema {
namespace {

const doc::Value* find_path(const doc::Value* value, std::string_view a, std::string_view b) {
  const doc::Value* inner = value == nullptr ? nullptr : value->find(a);
  return inner == nullptr ? nullptr : inner->find(b);
}

std::string text_at(const doc::Value* value) {
  return value != nullptr && value->is_string() ? value->string().str() : std::string();
}

bool flag_at(const doc::Value* value, bool absent) {
  return value != nullptr && value->is_bool() ? value->boolean() : absent;
}

}  // namespace

struct SchemaSet::Entry {
  std::string origin;
  std::string kind;  // as it was added
  CompileOptions options;
  // Compiled at most once, whoever asks first.
  mutable doc::Value source;
  mutable std::once_flag once;
  mutable std::optional<Schema> schema;
  mutable std::string failure;

  const Schema* compiled() const {
    std::call_once(once, [this] {
      auto result = Schema::compile(source, options);
      source = {};
      if (result.ok())
        schema = std::move(*result);
      else
        failure = result.error().message;
    });
    return schema ? &*schema : nullptr;
  }
};

SchemaSet::SchemaSet() = default;
SchemaSet::~SchemaSet() = default;
SchemaSet::SchemaSet(SchemaSet&&) noexcept = default;
SchemaSet& SchemaSet::operator=(SchemaSet&&) noexcept = default;

KindName kind_name(std::string_view api_version, std::string_view kind) {
  const std::size_t slash = api_version.find('/');
  if (slash == std::string_view::npos) return {"", std::string(api_version), std::string(kind)};
  return {std::string(api_version.substr(0, slash)), std::string(api_version.substr(slash + 1)),
          std::string(kind)};
}

void SchemaSet::add(KindName name, const doc::Value& schema, Dialect dialect, std::string origin) {
  auto entry = std::make_shared<Entry>();
  entry->origin = std::move(origin);
  entry->kind = name.kind;
  name.kind = base::lower(name.kind);
  entry->source = without_descriptions(schema);
  entry->options.dialect = dialect;
  entries_[std::move(name)] = std::move(entry);
}

base::Result<void> SchemaSet::add_definition(const doc::Value& definition, std::string origin) {
  const doc::Value* spec = definition.find("spec");
  const std::string group = text_at(find_path(&definition, "spec", "group"));
  const std::string kind = text_at(find_path(spec, "names", "kind"));
  if (group.empty() || kind.empty())
    return base::Error{base::ExitCode::input,
                       "the CustomResourceDefinition names no group or no kind",
                       "spec.group and spec.names.kind are required"};
  // Before v1 one schema could stand for all versions.
  const doc::Value* common = find_path(spec, "validation", "openAPIV3Schema");
  const doc::Value* versions = spec->find("versions");
  if (versions == nullptr || !versions->is_list()) {
    if (common != nullptr)
      add({group, text_at(spec->find("version")), kind}, *common, Dialect::structural, origin);
    return {};
  }
  const doc::Value* last = nullptr;
  std::shared_ptr<Entry> entry;
  for (const auto& version : versions->items()) {
    const doc::Value* schema = find_path(&version, "schema", "openAPIV3Schema");
    if (schema == nullptr) schema = common;
    if (schema == nullptr || !flag_at(version.find("served"), true)) continue;
    const KindName name{group, text_at(version.find("name")), kind};
    const KindName key{group, name.version, base::lower(kind)};
    // Versions are often alike: one compiled schema serves them all.
    if (last != nullptr && *last == *schema) {
      entries_[key] = entry;
      continue;
    }
    add(name, *schema, Dialect::structural, origin);
    entry = entries_[key];
    last = schema;
  }
  return {};
}

const SchemaSet::Entry* SchemaSet::entry(std::string_view api_version,
                                         std::string_view kind) const {
  KindName name = kind_name(api_version, kind);
  name.kind = base::lower(name.kind);
  const auto at = entries_.find(name);
  if (at == entries_.end()) return nullptr;
  const std::string& exact = at->second->kind;
  return exact == kind || exact == name.kind ? at->second.get() : nullptr;
}

const Schema* SchemaSet::find(std::string_view api_version, std::string_view kind) const {
  if (const Entry* added = entry(api_version, kind)) return added->compiled();
  const KindName name = kind_name(api_version, kind);
  return versions(name.group, kind).empty() ? builtin_schema(name) : nullptr;
}

std::string_view SchemaSet::origin(std::string_view api_version, std::string_view kind) const {
  if (const Entry* added = entry(api_version, kind)) return added->origin;
  return find(api_version, kind) == nullptr ? "" : "built in";
}

std::vector<SchemaSet::Listed> SchemaSet::list() const {
  std::vector<Listed> all;
  for (const auto& [name, entry] : entries_)
    all.push_back({{name.group, name.version, entry->kind}, entry->origin});
  return all;
}

std::vector<std::string> SchemaSet::versions(std::string_view group, std::string_view kind) const {
  std::vector<std::string> out;
  const std::string wanted = base::lower(kind);
  for (auto at = entries_.lower_bound({std::string(group), {}, {}});
       at != entries_.end() && at->first.group == group; ++at)
    if (at->first.kind == wanted) out.push_back(at->first.version);
  return out;
}

std::vector<std::string> SchemaSet::problems() const {
  std::vector<std::string> out;
  for (const auto& [name, entry] : entries_) {
    const auto label = [&name = name, &entry = entry] {
      return fmt::format("{} {} ({})", entry->kind, name.version, entry->origin);
    };
    if (!entry->failure.empty()) out.push_back(fmt::format("{}: {}", label(), entry->failure));
    if (!entry->schema) continue;
    for (const auto& problem : entry->schema->problems())
      out.push_back(fmt::format("{}: {}", label(), problem));
  }
  return out;
}

}  // namespace weft::schema
