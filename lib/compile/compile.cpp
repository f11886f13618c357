#include "lib/compile/compile.h"

#include <algorithm>
#include <set>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/capability/settings.h"
#include "lib/compile/draft.h"
#include "lib/compile/encoding.h"
#include "lib/compile/setting_path.h"
#include "lib/compile/versions.h"
#include "lib/doc/write.h"

namespace weft::compile {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;
using doc::Value;

std::string_view column_name(std::string_view mesh) {
  const auto* column = capability::find_column(mesh);
  return column == nullptr ? mesh : column->name;
}

// One intent on its way into the draft.
class Writer {
 public:
  Writer(const Intent& intent, const MeshTable& mesh, const std::string& version, std::size_t id,
         Draft& draft, Compiled& result)
      : intent_(intent),
        mesh_(mesh),
        version_(version),
        draft_(draft),
        result_(result),
        label_(fmt::format("{} of {}", intent.capability->type, intent.service)),
        writer_{id, label_} {
    names_ = {intent.service, intent.ns, mesh.root, {}, {}, {}, intent.port};
    for (const auto& [key, value] : intent.labels) names_.labels.set(key, value);
  }

  Result<void> write();

 private:
  void lose(std::string message, std::string nearest) {
    base::Where where;
    if (intent_.source != nullptr && intent_.at.line > 0) where = intent_.source->where(intent_.at);
    result_.losses.push_back({intent_.service, intent_.capability->type, std::move(message),
                              std::move(nearest), std::move(where)});
  }
  void name_client(std::string_view name, std::string_view ns) {
    const auto client = find_settings(settings_, name);
    if (client.empty()) return;
    names_.client = client.front().value.string();
    names_.client_ns = find_settings(settings_, ns).front().value.string();
  }
  // Nothing of the intent can be written.
  void refuse();
  const Variant* choose() const;
  void check_needs(const Variant& variant);
  Result<void> write_fixed(const std::vector<Fixed>& fixed);
  Result<void> write_field(const Variant& variant, const Field& field);
  void lose_rest(const Variant& variant);

  const Intent& intent_;
  const MeshTable& mesh_;
  const std::string& version_;
  Draft& draft_;
  Compiled& result_;
  std::string label_;
  Draft::Writer writer_;
  Names names_;
  Value settings_;
  std::set<std::string> written_;  // names of settings
  bool complete_ = true;           // nothing is lacking that the variant cannot do without
};

bool holds(const Variant& variant, const Value& settings) {
  return std::ranges::all_of(variant.when, [&settings](const auto& condition) {
    const Value* value = settings.find(condition.first);
    return value == nullptr ? condition.second.is_null() : *value == condition.second;
  });
}

const Variant* Writer::choose() const {
  for (const auto& variant : variants_of(intent_.capability->name, mesh_.mesh))
    if (variant.range.has(version_) && holds(variant, settings_)) return &variant;
  return nullptr;
}

// Releases in which the settings could be written; empty when in none.
std::string releases(const std::vector<Variant>& variants, const Value& settings) {
  for (const auto& variant : variants)
    if (holds(variant, settings)) return variant.range.text();
  return "";
}

void Writer::refuse() {
  const auto* cell = intent_.capability->on(mesh_.mesh);
  const auto& variants = variants_of(intent_.capability->name, mesh_.mesh);
  const std::string mesh(column_name(mesh_.mesh));
  if (const auto when = releases(variants, settings_); !when.empty())
    return lose(fmt::format("{} {} cannot express {}, it can {}", mesh, version_, label_, when),
                cell->nearest);
  std::string nearest = cell->nearest.empty() ? cell->note : cell->nearest;
  if (!variants.empty()) {
    std::vector<std::string> forms;
    for (const auto& variant : variants) {
      std::vector<std::string> settings;
      for (const auto& [name, value] : variant.when)
        if (!value.is_null())
          settings.push_back(
              fmt::format("{}: {}", name,
                          value.is_string() ? value.string().str() : doc::write_json(value, 0)));
      const std::string form = base::join(settings, " and ");
      if (!form.empty() && std::ranges::find(forms, form) == forms.end()) forms.push_back(form);
    }
    nearest = "with " + base::join(forms, " or ");
  }
  lose(fmt::format("{} cannot express {}", mesh, label_), std::move(nearest));
}

void Writer::check_needs(const Variant& variant) {
  for (const auto& need : variant.needs)
    if (find_settings(settings_, need).empty()) {
      complete_ = false;
      lose(fmt::format("{} needs {} for {}", column_name(mesh_.mesh), need, label_),
           fmt::format("set {}", need));
    }
  for (const auto& name : variant.single)
    if (const Value* list = settings_.find(name); list != nullptr && list->size() > 1) {
      complete_ = false;
      lose(fmt::format("{} can express one of the {} of {}, not {}", column_name(mesh_.mesh), name,
                       label_, list->size()),
           "give one");
    }
}

Result<void> Writer::write_fixed(const std::vector<Fixed>& fixed) {
  for (const auto& each : fixed) {
    WEFT_TRY(object, draft_.object(each.place.kind, names_));
    WEFT_CHECK(Draft::put(*object, fill_path(each.place.path, names_), 0,
                          fill_value(each.value, names_), writer_));
  }
  return {};
}

Result<void> Writer::write_field(const Variant& variant, const Field& field) {
  if (!field.range.has(version_)) return {};
  const Encoding* encoding = find_encoding(field.encoding);
  for (const auto& found : find_settings(settings_, field.setting)) {
    Coding coding{names_, variant, field.argument, {}};
    const auto value = encoding->encode(found.value, coding);
    for (const auto& loss : coding.losses)
      lose(fmt::format("{} of {}: {}", field.setting, label_, loss), "");
    for (auto& name : top_names(field.setting)) written_.insert(std::move(name));
    if (!value) continue;
    WEFT_TRY(object, draft_.object(field.place.kind, names_));
    WEFT_CHECK(
        Draft::put(*object, fill_path(field.place.path, names_), found.index, *value, writer_));
  }
  return {};
}

// Settings that no field took.
void Writer::lose_rest(const Variant& variant) {
  for (const auto& member : settings_.members()) {
    if (written_.contains(member.key) || variant.when.contains(member.key)) continue;
    const auto setting = std::ranges::find(intent_.capability->settings, member.key.view(),
                                           &capability::Setting::name);
    if (setting->hint || member.value == setting->fallback) continue;
    const auto nearest = variant.missing.find(member.key);
    const auto later = std::ranges::find_if(variant.fields, [&member](const Field& field) {
      return top_names(field.setting).front() == member.key;
    });
    lose(later == variant.fields.end()
             ? fmt::format("{} has no field for {} of {}", column_name(mesh_.mesh), member.key,
                           label_)
             : fmt::format("{} {} has no field for {} of {}, there is one {}",
                           column_name(mesh_.mesh), version_, member.key, label_,
                           later->range.text()),
         nearest == variant.missing.end() ? "leave it out" : nearest->second);
  }
}

Result<void> Writer::write() {
  WEFT_TRY(settings,
           capability::check(*intent_.capability, intent_.settings, intent_.source.get(),
                             fmt::format("{}.{}", intent_.service, intent_.capability->type)));
  settings_ = std::move(settings);
  const Variant* variant = choose();
  if (variant == nullptr) {
    refuse();
    return {};
  }
  check_needs(*variant);
  if (!complete_) return {};
  name_client("client.serviceAccount", "client.namespace");
  name_client("controller.name", "controller.namespace");
  if (!variant->says.empty()) result_.notes.push_back(fmt::format("{}: {}", label_, variant->says));
  for (auto& object : separate_versions(*variant, intent_, settings_, result_.notes))
    result_.objects.push_back({std::move(object), false});
  if (!variant->loses.empty())
    lose(fmt::format("{} on {}: {}", label_, column_name(mesh_.mesh), variant->loses), "");
  WEFT_CHECK(write_fixed(variant->with));
  WEFT_CHECK(write_fixed(variant->fixed));
  for (const auto& field : variant->fields) WEFT_CHECK(write_field(*variant, field));
  lose_rest(*variant);
  return {};
}

Error refusal(const std::vector<Loss>& losses) {
  const Loss& first = losses.front();
  const std::string remedy = first.nearest.empty() ? "" : "nearest: " + first.nearest + "; or ";
  Error error{ExitCode::input, first.message, remedy + "allow losses with --allow-loss"};
  error.where = first.where;
  for (std::size_t i = 1; i < losses.size(); ++i)
    error.cause += (error.cause.empty() ? "also: " : "; ") + losses[i].message;
  return error;
}

// "v1.30.3", "edge-26.6.3": from the first digit on.
std::string_view bare(std::string_view version) {
  const auto digit = version.find_first_of("0123456789");
  return digit == std::string_view::npos ? version : version.substr(digit);
}

// Those that make rules and backends come first, rules before the one that stays last; then all in
// the order of the matrix.
std::vector<const Intent*> in_order(const std::vector<Intent>& intents) {
  std::vector<const Intent*> ordered;
  ordered.reserve(intents.size());
  for (const auto& intent : intents) ordered.push_back(&intent);
  std::ranges::stable_sort(ordered, {}, [](const Intent* intent) {
    const Mapping* mapping = mapping_of(intent->capability->name);
    const bool shapes = mapping != nullptr && mapping->shapes;
    return std::pair(!shapes, shapes ? -intent->capability->order : intent->capability->order);
  });
  return ordered;
}

}  // namespace

Result<Compiled> compile(const std::vector<Intent>& intents, const Target& target) {
  const MeshTable* mesh = mesh_table(target.mesh);
  if (mesh == nullptr) {
    std::vector<std::string> names;
    for (const auto& column : capability::meshes()) names.emplace_back(column.mesh);
    return Error{ExitCode::usage,
                 fmt::format("patterns cannot be written for {}{}", target.mesh,
                             base::did_you_mean(target.mesh, names)),
                 "targets are " + base::join(names, ", ")};
  }
  const std::string version(target.version.empty() ? mesh->newest : bare(target.version));
  Compiled result;
  Draft draft(*mesh, version, target);
  std::size_t id = 0;
  for (const Intent* intent : in_order(intents)) {
    auto written = Writer(*intent, *mesh, version, id++, draft, result).write();
    if (written.ok()) continue;
    const bool is_placed = intent->source != nullptr && intent->at.line > 0;
    if (!is_placed || written.error().where.line > 0) return std::move(written).error();
    return std::move(written.error()).at(intent->source->where(intent->at));
  }
  WEFT_CHECK(draft.check());
  if (!target.allow_loss && !result.losses.empty()) return refusal(result.losses);
  for (auto& object : draft.finish()) result.objects.push_back(std::move(object));
  return result;
}

bool can_compile(const capability::Capability& capability, std::string_view mesh) {
  return !variants_of(capability.name, mesh).empty();
}

std::vector<std::string> builtin_problems() {
  auto problems = table_problems();
  for (const auto& one : capability::all()) {
    const Mapping* mapping = mapping_of(one.name);
    if (mapping == nullptr) continue;
    const auto known = [&one](std::string_view name) {
      return std::ranges::find(one.settings, name, &capability::Setting::name) !=
             one.settings.end();
    };
    for (const auto& [mesh, variants] : mapping->meshes)
      for (const auto& variant : variants)
        for (const auto& field : variant.fields) {
          if (find_encoding(field.encoding) == nullptr)
            problems.push_back(fmt::format("{}: no encoding {}", one.name, field.encoding));
          for (const auto& name : top_names(field.setting))
            if (!known(name))
              problems.push_back(fmt::format("{}: {} has no setting {}", one.name, mesh, name));
        }
  }
  return problems;
}

}  // namespace weft::compile
