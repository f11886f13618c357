#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/compile/tables.h"
#include "lib/doc/decode.h"

namespace weft::compile {
namespace {

using doc::Value;

// "1.26", "..2.14", "2.6..2.14"
Range parse_range(std::string_view text) {
  const auto dots = text.find("..");
  if (dots == std::string_view::npos) return {std::string(text), {}};
  return {std::string(text.substr(0, dots)), std::string(text.substr(dots + 2))};
}

base::Result<Place> parse_place(std::string_view text) {
  const auto space = text.find(' ');
  Place place;
  place.kind = text.substr(0, space);
  place.text = space == std::string_view::npos ? "" : base::trim(text.substr(space));
  WEFT_TRY(path, parse_path(place.text));
  place.path = std::move(path);
  return place;
}

base::Result<Field> parse_field(std::string setting, std::string_view text) {
  Field field{.setting = std::move(setting)};
  if (const auto at = text.rfind(" @"); at != std::string_view::npos) {
    field.range = parse_range(base::trim(text.substr(at + 2)));
    text = base::trim(text.substr(0, at));
  }
  if (const auto bar = text.rfind(" | "); bar != std::string_view::npos) {
    const auto encoding = base::trim(text.substr(bar + 3));
    const auto open = encoding.find('(');
    field.encoding = encoding.substr(0, open);
    if (open != std::string_view::npos)
      field.argument = encoding.substr(open + 1, encoding.size() - open - 2);
    text = base::trim(text.substr(0, bar));
  }
  WEFT_TRY(place, parse_place(text));
  field.place = std::move(place);
  return field;
}

void read_fixed(doc::Fields& in, std::string_view key, std::vector<Fixed>& fixed) {
  const Value* map = in.find(key);
  if (map == nullptr) return;
  if (!map->is_map()) return in.fail(key, "must be a map of places");
  for (const auto& member : map->members()) {
    auto place = parse_place(member.key);
    if (!place.ok()) return in.fail(key, place.error().message);
    fixed.push_back({std::move(*place), member.value});
  }
}

void read_fields(doc::Fields& in, std::vector<Field>& fields) {
  const Value* map = in.find("fields");
  if (map == nullptr) return;
  if (!map->is_map()) return in.fail("fields", "must be a map of settings");
  for (const auto& member : map->members()) {
    const Value::List one{member.value};
    for (const auto& text : member.value.is_list() ? member.value.items() : one) {
      if (!text.is_string()) return in.fail("fields", "must have a text at " + member.key);
      auto field = parse_field(member.key, text.string());
      if (!field.ok()) return in.fail("fields", field.error().message);
      fields.push_back(std::move(*field));
    }
  }
}

void read_when(doc::Fields& in, Variant& variant) {
  const Value* when = in.find("when");
  if (when == nullptr || !when->is_map()) return;
  for (const auto& member : when->members()) variant.when.emplace(member.key, member.value);
}

void read_values(doc::Fields& in, Variant& variant) {
  const Value* tables = in.find("values");
  if (tables == nullptr || !tables->is_map()) return;
  for (const auto& table : tables->members())
    if (!doc::decode(table.value, variant.values[table.key]))
      return in.fail("values", "must be maps of texts: " + table.key);
}

void read_variant(doc::Fields& in, Variant& variant) {
  read_when(in, variant);
  std::string releases;
  in.get("releases", releases).get("needs", variant.needs);
  variant.range = parse_range(releases);
  read_fixed(in, "fixed", variant.fixed);
  read_fixed(in, "with", variant.with);
  read_fields(in, variant.fields);
  read_values(in, variant);
  in.get("missing", variant.missing).get("loses", variant.loses);
  in.get("one-way", variant.one_way).get("says", variant.says).get("single", variant.single);
}

void read_kind(doc::Fields& in, KindTable& kind) {
  kind.name = "$service";
  kind.ns = "$namespace";
  in.get("kind", kind.kind).get("group", kind.group).get("name", kind.name);
  in.get("namespace", kind.ns).get("partial", kind.partial).get("excludes", kind.excludes);
  std::string subject;
  in.get("subject", subject);
  if (!subject.empty()) {
    auto path = parse_path(subject);
    if (!path.ok()) return in.fail("subject", path.error().message);
    kind.subject = std::move(*path);
  }
  kind.body = Value::map();
  if (const Value* metadata = in.find("metadata")) kind.body.set("metadata", *metadata);
  if (const Value* spec = in.find("spec")) kind.body.set("spec", *spec);
  const Value* versions = in.find("versions");
  if (versions == nullptr || !versions->is_map())
    return in.fail("versions", "must be a map: version -> first release");
  for (const auto& member : versions->members())
    kind.versions.push_back(
        {member.key, parse_range(member.value.is_string() ? member.value.string().view() : "")});
}

// One variant, a list of them, or the name of a mesh that has the same.
base::Result<std::vector<Variant>> read_variants(const doc::Document& document,
                                                 const std::string& mesh, const Value& value) {
  std::vector<Variant> variants;
  const Value::List one{value};
  for (const auto& each : value.is_list() ? value.items() : one) {
    doc::Fields in(document, each, mesh, doc::Unknown::refused);
    if (in.ok()) read_variant(in, variants.emplace_back());
    WEFT_CHECK(in.done());
  }
  return variants;
}

}  // namespace

base::Result<MeshTable> read_mesh_table(const doc::Document& document) {
  MeshTable table;
  doc::Fields in(document);
  in.need("mesh", table.mesh).need("newest", table.newest).get("root", table.root);
  in.get("like", table.like);
  const Value* kinds = in.find("kinds");
  if (kinds != nullptr && kinds->is_map())
    for (const auto& member : kinds->members()) {
      KindTable& kind = table.kinds.emplace_back();
      kind.handle = kind.kind = member.key;
      doc::Fields fields(document, member.value, member.key, doc::Unknown::refused);
      if (fields.ok()) read_kind(fields, kind);
      WEFT_CHECK(fields.done());
    }
  WEFT_CHECK(in.done());
  return table;
}

base::Result<Mapping> read_mapping(const doc::Document& document) {
  Mapping mapping;
  doc::Fields in(document);
  in.need("capability", mapping.capability).get("shapes", mapping.shapes);
  const Value* meshes = in.find("meshes");
  WEFT_CHECK(in.done());
  if (meshes == nullptr || !meshes->is_map())
    return document.error(document.root.position(), "meshes must be a map");
  for (const auto& member : meshes->members())
    if (!member.value.is_string()) {
      WEFT_TRY(variants, read_variants(document, member.key, member.value));
      mapping.meshes.emplace(member.key, std::move(variants));
    }
  for (const auto& member : meshes->members())
    if (member.value.is_string()) {
      const auto same = mapping.meshes.find(member.value.string());
      if (same == mapping.meshes.end())
        return document.error(member.value.position(),
                              fmt::format("{} has no variants", member.value.string()));
      mapping.meshes.emplace(member.key, same->second);
    }
  return mapping;
}

}  // namespace weft::compile
