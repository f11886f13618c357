#include "lib/smp/meshmark_input.h"

#include <algorithm>
#include <cmath>

#include "lib/base/format.h"
#include "lib/base/number.h"
#include "lib/base/text.h"

namespace weft::smp {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;
using doc::Document;
using doc::Value;

std::optional<double> parse_weight(std::string_view text) {
  const bool percent = text.ends_with('%');
  if (percent) text.remove_suffix(1);
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto value = base::parse_double(text);
  return value ? std::optional(percent ? *value / 100 : *value) : std::nullopt;
}

Result<void> expect_keys(const Document& document, const Value& map,
                         const std::vector<std::string>& known, std::string_view what) {
  if (!map.is_map())
    return document.error(map.position(),
                          fmt::format("{} must be a map, not a {}", what, map.kind_name()),
                          fmt::format("give it keys such as {}", known.front()));
  for (const auto& member : map.members())
    if (std::find(known.begin(), known.end(), member.key) == known.end())
      return document.error(member.key_position,
                            fmt::format("{} has no key \"{}\"{}", what, member.key,
                                        base::did_you_mean(member.key, known)),
                            fmt::format("known keys: {}", base::join(known, ", ")));
  return {};
}

Result<std::string> read_text(const Document& document, const Value& map, std::string_view key,
                              std::string_view what) {
  const Value* value = map.find(key);
  if (value != nullptr && value->is_string() && !value->string().empty())
    return value->string().str();
  return document.error(value ? value->position() : map.position(),
                        fmt::format("{} needs a text for \"{}\"", what, key),
                        fmt::format("add {}: NAME", key));
}

// Absent when the key is missing or null.
Result<std::optional<double>> read_number(const Document& document, const Value& map,
                                          std::string_view key) {
  const Value* value = map.find(key);
  if (value == nullptr || value->is_null()) return std::optional<double>();
  if (!value->is_number() || !std::isfinite(value->number()))
    return document.error(value->position(), fmt::format("\"{}\" is not a number", key),
                          "give a finite number without unit");
  return std::optional(value->number());
}

Result<double> read_weight(const Document& document, const Value& map) {
  WEFT_TRY(criticality, read_number(document, map, "criticality"));
  WEFT_TRY(risk, read_number(document, map, "risk"));
  const Value* value = map.find("weight");
  if (value != nullptr && (criticality || risk))
    return document.error(value->position(), "weight stands beside criticality or risk",
                          "give either the weight or what it follows from");
  for (const auto& given : {criticality, risk})
    if (given && std::fabs(*given) > 1)
      return document.error(map.position(), "criticality and risk go from -1 to 1",
                            "give a number of -1 to 1");
  if (value == nullptr)
    return std::clamp(0.25 * criticality.value_or(0) + 0.25 * risk.value_or(0), -kMaxMueWeight,
                      kMaxMueWeight);
  std::optional<double> weight;
  if (value->is_number()) weight = value->number();
  if (value->is_string()) weight = parse_weight(value->string());
  if (weight && std::fabs(*weight) <= kMaxMueWeight) return *weight;
  return document.error(value->position(), "a weight goes from -0.5 to +0.5",
                        "write it like 0.25, 25% or +25%");
}

Result<MueKind> read_kind(const Document& document, const Value& map, const std::string& what) {
  WEFT_TRY(name, read_text(document, map, "kind", what));
  std::vector<std::string> names;
  for (const auto& kind : mue_kinds()) {
    if (kind.name == name) return kind.kind;
    names.emplace_back(kind.name);
  }
  return document.error(
      map.find("kind")->position(),
      fmt::format("unknown kind of MUE \"{}\"{}", name, base::did_you_mean(name, names)),
      fmt::format("use one of {}", base::join(names, ", ")));
}

Result<void> read_mue(const Document& document, const Value& map, MueClass& group) {
  if (!map.is_map()) return expect_keys(document, map, {"id"}, "a MUE");
  WEFT_TRY(id, read_text(document, map, "id", "a MUE"));
  const std::string what = fmt::format("MUE {}.{}", group.name, id);
  WEFT_TRY(kind, read_kind(document, map, what));
  std::vector<std::string> keys = {"id",   "kind", "weight", "criticality",
                                   "risk", "unit", "from",   "note"};
  for (auto name : row(kind).inputs)
    if (!name.empty()) keys.emplace_back(name);
  WEFT_CHECK(expect_keys(document, map, keys, what));

  Mue mue{.id = id, .kind = kind};
  WEFT_TRY(weight, read_weight(document, map));
  mue.weight = weight;
  if (map.find("unit") != nullptr) {
    WEFT_TRY(unit, read_text(document, map, "unit", what));
    mue.unit = unit;
  }
  if (map.find("from") != nullptr) {
    WEFT_TRY(origin, read_text(document, map, "from", what));
    mue.origin = origin;
  }
  for (std::size_t i = 0; i < mue.inputs.size(); ++i) {
    const std::string_view name = row(kind).inputs[i];
    if (name.empty()) continue;
    WEFT_TRY(number, read_number(document, map, name));
    if (!number) {
      group.missing.push_back(mue.id);
      return {};
    }
    mue.inputs[i] = *number;
  }
  if (auto checked = score({.classes = {{.name = group.name, .mues = {mue}}}}); !checked.ok())
    return document.error(map.position(), checked.error().message, checked.error().remedy);
  group.mues.push_back(std::move(mue));
  return {};
}

Result<MueClass> read_class(const Document& document, const Value& map) {
  WEFT_CHECK(expect_keys(document, map, {"name", "mues", "note"}, "a class"));
  WEFT_TRY(name, read_text(document, map, "name", "a class"));
  MueClass group{.name = name};
  const Value* mues = map.find("mues");
  if (mues == nullptr || mues->is_null()) return group;
  if (!mues->is_list())
    return document.error(mues->position(), "mues must be a list", "write - {id: ..., kind: ...}");
  for (const auto& item : mues->items()) WEFT_CHECK(read_mue(document, item, group));
  return group;
}

Result<MeshMarkMethod> read_method(const Document& document, const MeshMarkInput& input) {
  if (const Value* value = document.root.find("method")) {
    for (auto method : {MeshMarkMethod::headroom, MeshMarkMethod::share})
      if (value->is_string() && value->string() == method_name(method)) return method;
    return document.error(value->position(), "method is headroom or share", "write method: share");
  }
  for (const auto& group : input.classes)
    for (const auto& mue : group.mues)
      if (mue.kind == MueKind::share) return MeshMarkMethod::share;
  return MeshMarkMethod::headroom;
}

}  // namespace

bool is_meshmark_input(const Value& root) {
  const Value* profile = root.find("profile");
  return root.find("classes") != nullptr ||
         (profile != nullptr && profile->is_string() && profile->string().starts_with("weft/"));
}

Result<MeshMarkInput> read_meshmark(const Document& document) {
  const Value& root = document.root;
  WEFT_CHECK(expect_keys(document, root, {"profile", "method", "classes", "name", "note"},
                         "a MeshMark input"));
  if (const Value* profile = root.find("profile");
      profile != nullptr && !(*profile == Value(kMeshMarkProfile)))
    return document.error(profile->position(), "the profile of this MeshMark is not known",
                          fmt::format("write profile: {}", kMeshMarkProfile));
  const Value* classes = root.find("classes");
  if (classes == nullptr || !classes->is_list() || classes->size() == 0)
    return document.error(classes ? classes->position() : root.position(),
                          "a MeshMark input needs a list of classes",
                          "write classes: [{name: compute, mues: [...]}]");
  MeshMarkInput input;
  for (const auto& item : classes->items()) {
    WEFT_TRY(group, read_class(document, item));
    input.classes.push_back(std::move(group));
  }
  WEFT_TRY(method, read_method(document, input));
  input.method = method;
  return input;
}

Result<Resources> read_resources(const Document& document) {
  const Value* root = document.root.find("resources");
  if (root == nullptr) root = &document.root;
  WEFT_CHECK(expect_keys(document, *root, {"dp", "cp", "app"}, "resource use"));
  struct Field {
    const char* key;
    std::optional<double> Usage::*field;
  };
  constexpr Field kFields[] = {{"cpu_mcores", &Usage::cpu_mcores},
                               {"cpu_mcores_assigned", &Usage::cpu_mcores_assigned},
                               {"mem_mb", &Usage::mem_mb},
                               {"mem_mb_assigned", &Usage::mem_mb_assigned}};
  std::vector<std::string> keys;
  for (const auto& field : kFields) keys.emplace_back(field.key);
  Resources resources;
  for (const auto& member : root->members()) {
    WEFT_CHECK(expect_keys(document, member.value, keys, "use of " + member.key));
    for (const auto& field : kFields) {
      WEFT_TRY(number, read_number(document, member.value, field.key));
      if (number && *number < 0)
        return document.error(member.value.find(field.key)->position(),
                              fmt::format("\"{}\" is negative", field.key), "give 0 or more");
      resources[member.key].*field.field = number;
    }
  }
  return resources;
}

Result<void> set_weight(MeshMarkInput& input, std::string_view assignment) {
  const std::size_t equals = assignment.find('=');
  const std::string_view id = assignment.substr(0, equals);
  const auto weight =
      equals == std::string_view::npos ? std::nullopt : parse_weight(assignment.substr(equals + 1));
  if (!weight || std::fabs(*weight) > kMaxMueWeight)
    return Error{ExitCode::usage, fmt::format("\"{}\" is not a weight of -50% to +50%", assignment),
                 "write it like --weight p99=25%"};
  std::vector<std::string> ids;
  bool found = false;
  for (auto& group : input.classes) {
    ids.insert(ids.end(), group.missing.begin(), group.missing.end());
    for (const auto& missing : group.missing) found = found || missing == id;
    for (auto& mue : group.mues) {
      ids.push_back(mue.id);
      if (id != mue.id && id != group.name + '.' + mue.id) continue;
      mue.weight = *weight;
      found = true;
    }
  }
  if (found) return {};
  return Error{ExitCode::usage,
               fmt::format("no MUE has the id \"{}\"{}", id, base::did_you_mean(id, ids)),
               fmt::format("use one of {}", base::join(ids, ", "))};
}

}  // namespace weft::smp
