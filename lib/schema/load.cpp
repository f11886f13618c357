#include "lib/schema/load.h"

#include <algorithm>
#include <filesystem>

#include "lib/base/file.h"
#include "lib/base/format.h"

namespace weft::schema {
namespace {

namespace fs = std::filesystem;

std::string text_at(const doc::Value& value, std::string_view key) {
  const doc::Value* found = value.find(key);
  return found != nullptr && found->is_string() ? found->string().str() : std::string();
}

std::size_t add_object(SchemaSet& set, const doc::Value& object, const std::string& origin,
                       std::vector<std::string>& problems) {
  const std::string kind = text_at(object, "kind");
  if (kind == "CustomResourceDefinition") {
    const auto added = set.add_definition(object, origin);
    if (!added.ok()) problems.push_back(fmt::format("{}: {}", origin, added.error().message));
    return added.ok() ? 1 : 0;
  }
  const doc::Value* items = kind.ends_with("List") ? object.find("items") : nullptr;
  std::size_t count = 0;
  for (std::size_t i = 0; items != nullptr && items->is_list() && i < items->size(); ++i)
    count += add_object(set, items->items()[i], origin, problems);
  return count;
}

// The kinds that a JSON Schema file is for.
std::vector<KindName> kinds_of(const doc::Value& schema, const fs::path& path) {
  std::vector<KindName> kinds;
  const doc::Value* told = schema.find("x-kubernetes-group-version-kind");
  for (std::size_t i = 0; told != nullptr && told->is_list() && i < told->size(); ++i) {
    const doc::Value& each = told->items()[i];
    kinds.push_back({text_at(each, "group"), text_at(each, "version"), text_at(each, "kind")});
  }
  const std::string stem = path.stem().string();
  const std::size_t line = stem.rfind('_');
  if (kinds.empty() && line != std::string::npos)
    kinds.push_back(
        {path.parent_path().filename().string(), stem.substr(line + 1), stem.substr(0, line)});
  return kinds;
}

std::size_t add_json_schema(SchemaSet& set, const doc::Value& schema, const fs::path& path,
                            std::vector<std::string>& problems) {
  const auto kinds = kinds_of(schema, path);
  if (kinds.empty())
    problems.push_back(fmt::format("{}: neither the name nor the schema says which kind it is for",
                                   path.string()));
  for (const KindName& kind : kinds) set.add(kind, schema, Dialect::json_schema, path.string());
  return kinds.size();
}

base::Result<std::size_t> add_file(SchemaSet& set, const fs::path& path,
                                   std::vector<std::string>& problems) {
  WEFT_TRY(text, base::read_file(path.string()));
  const auto manifests = doc::read_manifests(doc::Source(path.string(), std::move(text)));
  for (const auto& error : manifests.broken)
    problems.push_back(fmt::format("{}: {}", error.where.text(), error.message));
  const bool is_json = path.extension() == ".json";
  if (is_json && manifests.documents.size() == 1) {
    const doc::Value& root = manifests.documents[0].document.root;
    const bool is_schema = root.find("apiVersion") == nullptr &&
                           (root.find("properties") != nullptr || root.find("type") != nullptr ||
                            root.find("$ref") != nullptr);
    if (is_schema) return add_json_schema(set, root, path, problems);
  }
  return add_definitions(set, manifests, problems);
}

}  // namespace

std::size_t add_definitions(SchemaSet& set, const doc::Manifests& manifests,
                            std::vector<std::string>& problems) {
  std::size_t count = 0;
  for (const auto& manifest : manifests.documents)
    count += add_object(set, manifest.document.root, manifest.document.source->name(), problems);
  return count;
}

base::Result<std::size_t> add_path(SchemaSet& set, const std::string& path,
                                   std::vector<std::string>& problems) {
  std::error_code error;
  if (!fs::is_directory(path, error)) return add_file(set, path, problems);
  std::vector<fs::path> files;
  for (auto at = fs::recursive_directory_iterator(path, error); !error && at != fs::end(at);
       at.increment(error)) {
    const std::string ending = at->path().extension().string();
    if (ending == ".yaml" || ending == ".yml" || ending == ".json") files.push_back(at->path());
  }
  if (error)
    return base::system_error(base::ExitCode::input, fmt::format("cannot read the folder {}", path),
                              error.value());
  std::sort(files.begin(), files.end());
  std::size_t count = 0;
  for (const auto& file : files) {
    WEFT_TRY(added, add_file(set, file, problems));
    count += added;
  }
  return count;
}

}  // namespace weft::schema
