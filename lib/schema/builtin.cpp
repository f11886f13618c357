#include "lib/schema/builtin.h"

#include <deque>
#include <mutex>
#include <optional>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/doc/read.h"
#include "lib/schema/notation.h"

namespace weft::schema {
namespace {

// One kind, in one or more versions.
struct Kind {
  doc::Value notation;
  std::once_flag once;
  std::optional<Schema> schema;
};

struct File {
  std::string_view name;
  std::string_view text;
  std::vector<std::string> groups;
  std::once_flag once;
  doc::Value types;  // as #/types/Name
  std::deque<Kind> kinds;
  std::map<KindName, Kind*> by_name;
  std::mutex mutex;  // of problems
  std::vector<std::string> problems;

  void add_problem(std::string problem) {
    const std::lock_guard lock(mutex);
    problems.push_back(std::move(problem));
  }
};

void add_kinds(File& file, const std::string& group, const doc::Value& kinds) {
  for (const auto& member : kinds.members()) {
    const auto words = base::split(member.key, ' ');
    Kind& kind = file.kinds.emplace_back();
    kind.notation = member.value;
    for (std::size_t i = 1; i < words.size(); ++i)
      file.by_name[{group, std::string(words[i]), std::string(words[0])}] = &kind;
  }
}

void read_file(File& file) {
  const auto document = doc::read_json(doc::Source(std::string(file.name), std::string(file.text)));
  if (!document.ok()) return file.add_problem(document.error().message);
  doc::Value types = doc::Value::map();
  if (const doc::Value* named = document->root.find("types"))
    for (const auto& member : named->members()) {
      auto type = expand_notation(member.value);
      if (!type.ok()) return file.add_problem(member.key + ": " + type.error().message);
      types.set(member.key, std::move(*type));
    }
  file.types.set("types", std::move(types));
  if (const doc::Value* groups = document->root.find("kinds"))
    for (const auto& member : groups->members()) add_kinds(file, member.key, member.value);
}

// Known by their groups alone until one of those is asked for.
std::deque<File>& files() {
  static std::deque<File> all = [] {
    std::deque<File> made;
    const auto index =
        doc::read_json(doc::Source("index of kinds", std::string(builtin_kinds_index())));
    for (std::size_t i = 0; index.ok() && i < builtin_kinds().size(); ++i) {
      File& file = made.emplace_back();
      file.name = builtin_kinds()[i].name;
      file.text = builtin_kinds()[i].text;
      if (const doc::Value* groups = index->root.items()[i].find("groups"))
        for (const auto& group : groups->items()) file.groups.push_back(group.string());
    }
    return made;
  }();
  return all;
}

void compile(File& file, Kind& kind, const KindName& name) {
  auto expanded = expand_notation(kind.notation);
  kind.notation = {};
  if (!expanded.ok()) return file.add_problem(name.kind + ": " + expanded.error().message);
  auto compiled = Schema::compile(*expanded, {.definitions = &file.types});
  if (!compiled.ok()) return file.add_problem(name.kind + ": " + compiled.error().message);
  for (const auto& problem : compiled->problems()) file.add_problem(name.kind + ": " + problem);
  kind.schema = std::move(*compiled);
}

const Schema* find_in(File& file, const KindName& name) {
  std::call_once(file.once, read_file, std::ref(file));
  const auto found = file.by_name.find(name);
  if (found == file.by_name.end()) return nullptr;
  Kind& kind = *found->second;
  std::call_once(kind.once, [&] { compile(file, kind, name); });
  return kind.schema ? &*kind.schema : nullptr;
}

}  // namespace

const Schema* builtin_schema(const KindName& name) {
  for (File& file : files())
    for (const std::string& group : file.groups)
      if (group == name.group) return find_in(file, name);
  return nullptr;
}

std::vector<KindName> builtin_names() {
  std::vector<KindName> names;
  for (File& file : files()) {
    std::call_once(file.once, read_file, std::ref(file));
    for (const auto& [name, kind] : file.by_name) names.push_back(name);
  }
  return names;
}

std::vector<std::string> builtin_problems() {
  for (const KindName& name : builtin_names()) builtin_schema(name);
  std::vector<std::string> all;
  for (File& file : files())
    for (const auto& problem : file.problems)
      all.push_back(fmt::format("{}: {}", file.name, problem));
  return all;
}

}  // namespace weft::schema
