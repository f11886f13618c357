#include <algorithm>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/capability/capability.h"
#include "lib/doc/decode.h"

namespace weft::capability {
namespace {

struct SupportName {
  Support support;
  std::string_view name;
};
constexpr SupportName kSupports[] = {{Support::first_class, "first-class"},
                                     {Support::partial, "partial"},
                                     {Support::annotation, "annotation"},
                                     {Support::raw, "raw"},
                                     {Support::experimental, "experimental"},
                                     {Support::enterprise, "enterprise"},
                                     {Support::none, "none"}};

struct KindName {
  Kind kind;
  std::string_view name;
};
constexpr KindName kKinds[] = {{Kind::text, "text"},       {Kind::integer, "integer"},
                               {Kind::percent, "percent"}, {Kind::duration, "duration"},
                               {Kind::boolean, "boolean"}, {Kind::map, "map"},
                               {Kind::object, "object"}};

void read_kind(doc::Fields& in, Setting& setting) {
  std::string text;
  in.need("kind", text);
  const auto found = std::ranges::find(kKinds, text, &KindName::name);
  if (found == std::end(kKinds))
    in.fail("kind", "must be text, integer, percent, duration, boolean, map or object");
  else
    setting.kind = found->kind;
}

void read_choices(doc::Fields& in, Setting& setting) {
  const doc::Value* choices = in.find("choices");
  if (choices == nullptr || !choices->is_list()) return;
  for (const auto& choice : choices->items())
    setting.choices.push_back(choice.is_int()      ? fmt::format("{}", choice.integer())
                              : choice.is_string() ? choice.string().str()
                                                   : std::string());
}

void read_setting(doc::Fields& in, Setting& setting);

// Settings in the order of the file: a map by name.
void read_settings(doc::Fields& in, std::string_view key, std::vector<Setting>& settings) {
  const doc::Value* map = in.find(key);
  if (map == nullptr) return;
  if (!map->is_map()) return in.fail(key, "must be a map of settings");
  std::map<std::string, Setting> read;
  in.each(key, read, read_setting);
  if (!in.ok()) return;
  for (const auto& member : map->members()) {
    Setting& setting = read[member.key];
    setting.name = member.key;
    settings.push_back(std::move(setting));
  }
}

void read_setting(doc::Fields& in, Setting& setting) {
  read_kind(in, setting);
  in.get("list", setting.list).get("required", setting.required).get("hint", setting.hint);
  in.get("min", setting.min).get("max", setting.max).need("about", setting.about);
  read_choices(in, setting);
  if (const doc::Value* fallback = in.find("default")) setting.fallback = *fallback;
  read_settings(in, "fields", setting.fields);
}

void read_cell(doc::Fields& in, Cell& cell) {
  std::string support;
  in.need("support", support);
  if (const auto parsed = parse_support(support))
    cell.support = *parsed;
  else
    in.fail("support", "must be one of the levels of support");
  in.get("since", cell.since).get("until", cell.until).get("uses", cell.uses);
  in.get("note", cell.note).get("nearest", cell.nearest).get("source", cell.source);
  if (cell.support == Support::none && cell.nearest.empty())
    in.fail("nearest", "must say what to do where nothing is supported");
}

void read_cells(doc::Fields& in, Capability& capability) {
  std::map<std::string, Cell> cells;
  in.each("meshes", cells, read_cell);
  for (const auto& column : meshes()) {
    const auto found = cells.find(std::string(column.mesh));
    if (found == cells.end()) return in.fail("meshes", fmt::format("must have {}", column.mesh));
    found->second.mesh = found->first;
    capability.cells.push_back(std::move(found->second));
    cells.erase(found);
  }
  if (!cells.empty()) in.fail("meshes", fmt::format("has no column {}", cells.begin()->first));
}

}  // namespace

std::string_view to_string(Support support) {
  return std::ranges::find(kSupports, support, &SupportName::support)->name;
}

std::optional<Support> parse_support(std::string_view text) {
  const auto found = std::ranges::find(kSupports, text, &SupportName::name);
  return found == std::end(kSupports) ? std::nullopt : std::optional(found->support);
}

std::string_view to_string(Kind kind) {
  return std::ranges::find(kKinds, kind, &KindName::kind)->name;
}

base::Result<Capability> read_capability(const doc::Document& document) {
  Capability capability;
  doc::Fields in(document);
  in.need("id", capability.id).need("type", capability.type).need("name", capability.name);
  in.get("aliases", capability.aliases).need("order", capability.order);
  in.need("title", capability.title).need("summary", capability.summary);
  read_settings(in, "settings", capability.settings);
  if (const doc::Value* examples = in.find("examples"); examples != nullptr && examples->is_list())
    capability.examples = examples->items();
  read_cells(in, capability);
  WEFT_CHECK(in.done());
  return capability;
}

}  // namespace weft::capability
