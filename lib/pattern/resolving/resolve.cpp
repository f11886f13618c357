#include "lib/pattern/resolving/resolve.h"

#include <algorithm>
#include <array>
#include <set>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/pattern/resolving/objects.h"
#include "lib/pattern/resolving/traits.h"
#include "lib/pattern/resolving/wish.h"

namespace weft::pattern {
namespace {

using base::Result;
using doc::Value;

Result<MeshOrder> order_of(const Service& service, const Type& type, const mesh::Mesh& mesh,
                           Notes& notes) {
  MeshOrder out{.id = type.mesh, .version = service.version};
  if (!type.feature.empty()) out.features.push_back(type.feature);
  const std::string_view written = kube::text_at(service.settings, {"version"});
  if (out.version.empty()) out.version = written;
  out.mode = kube::text_at(service.settings, {"mode"});
  const std::string profile(kube::text_at(service.settings, {"profile"}));
  const bool known =
      std::any_of(mesh.profiles.begin(), mesh.profiles.end(),
                  [&profile](const mesh::Profile& each) { return each.name == profile; });
  if (known)
    out.profile = profile;
  else if (!profile.empty() && profile != "default")
    notes.push_back(
        {Level::warning,
         fmt::format("{} has no profile {}: installed as it is by default", mesh.id, profile),
         service.source->where(service.settings.find("profile")->position())});
  for (const Value& feature : kube::list_at(service.settings, {"features"}))
    if (feature.is_string()) out.features.push_back(feature.string());
  if (const Value* values = service.settings.find("values"); values && values->is_map())
    out.values = *values;
  const std::vector<std::string> fields = {"version", "mode",      "profile", "features",
                                           "values",  "namespace", "name"};
  for (const doc::Member& setting : service.settings.members())
    if (std::find(fields.begin(), fields.end(), setting.key) == fields.end())
      return service.error(setting.key_position,
                           fmt::format("{} has no setting {}{}", type.name, setting.key,
                                       base::did_you_mean(setting.key, fields)),
                           "helm values go below values");
  return out;
}

bool is_secret_name(std::string_view key) {
  const std::string name = base::lower(key);
  constexpr std::array<std::string_view, 7> kWords = {
      "password", "passwd", "token", "apikey", "api_key", "private_key", "secretkey"};
  return std::any_of(kWords.begin(), kWords.end(), [&name](std::string_view word) {
    return name.find(word) != std::string::npos;
  });
}

bool is_plain_text(const Value& value) {
  return value.is_string() && !value.string().empty() &&
         value.string().find("$(#ref.") == std::string::npos;
}

// Of the data of a Secret, something that is no reference.
bool has_plain_text(const Value& data) {
  return data.is_map() &&
         std::any_of(data.members().begin(), data.members().end(),
                     [](const doc::Member& each) { return is_plain_text(each.value); });
}

class Resolver {
 public:
  Resolver(const Types& types, const mesh::Catalog& catalog, const ResolveOptions& options,
           Notes& notes)
      : types_(types), catalog_(catalog), options_(options), notes_(notes) {}

  Result<Resolution> run(const Pattern& pattern) {
    out_.pattern = &pattern;
    out_.parts.reserve(pattern.services.size());
    for (const Service& service : pattern.services) WEFT_CHECK(add(service));
    unite_orders();
    WEFT_CHECK(grant(wishes_, options_, out_, notes_));
    for (const Part& part : out_.parts)
      for (const kube::Object& object : part.objects) WEFT_CHECK(note_object(part, object));
    add_namespaces();
    return std::move(out_);
  }

 private:
  Result<void> add(const Service& service) {
    WEFT_TRY(type, types_.find(service));
    if (!type.guess.empty() && guessed_.insert(type.guess).second)
      notes_.push_back({Level::info, type.guess, service.source->where(service.type.at)});
    Part part{.service = &service, .type = type};
    if (type.what == TypeKind::mesh) {
      WEFT_CHECK(add_mesh(part));
    } else if (type.what == TypeKind::application) {
      WEFT_TRY(objects, application_of(service, options_.ns));
      part.objects = std::move(objects);
    } else if (type.what == TypeKind::capability) {
      wish({.service = &service,
            .type = type.name,
            .settings = service.settings,
            .ns = service.ns.empty() ? options_.ns : service.ns,
            .at = service.at});
    } else {
      part.objects.push_back(object_of(service, type, options_.ns));
    }
    if (type.what != TypeKind::mesh) add_traits(part);
    warn_about_secrets(service, service.settings, type.name);
    out_.parts.push_back(std::move(part));
    return {};
  }

  Result<void> add_mesh(Part& part) {
    WEFT_TRY(mesh, catalog_.find(part.type.mesh));
    WEFT_TRY(order, order_of(*part.service, part.type, *mesh, notes_));
    part.order = std::move(order);
    WEFT_TRY(effects, effects_of(*part.service, *mesh, part.order, notes_));
    for (const std::string& ns : effects.namespaces) out_.injected.emplace(ns, out_.parts.size());
    for (kube::Object& object : effects.marks) mark(std::move(object));
    for (kube::Object& object : effects.objects) part.objects.push_back(std::move(object));
    for (Wish& each : effects.wishes) wish(std::move(each));
    return {};
  }

  // A mesh and the add-ons that are features of it are one installation: whichever of the services
  // comes first asks for all of it.
  void unite_orders() {
    std::map<std::string, MeshOrder> whole;
    for (const Part& part : out_.parts) {
      if (part.type.what != TypeKind::mesh) continue;
      auto [known, is_new] = whole.emplace(part.order.id, part.order);
      if (is_new) continue;
      MeshOrder& order = known->second;
      const bool is_mesh = part.type.feature.empty();
      std::vector<std::string> features = std::move(order.features);
      if (is_mesh) order = part.order;
      features.insert(features.end(), order.features.begin(), order.features.end());
      features.insert(features.end(), part.order.features.begin(), part.order.features.end());
      std::sort(features.begin(), features.end());
      features.erase(std::unique(features.begin(), features.end()), features.end());
      order.features = std::move(features);
      if (order.version.empty()) order.version = part.order.version;
    }
    for (Part& part : out_.parts)
      if (part.type.what == TypeKind::mesh) part.order = whole.at(part.order.id);
  }

  void add_traits(const Part& part) {
    const Service& service = *part.service;
    for (const doc::Member& trait : service.traits.members()) {
      if (Types::is_capability(trait.key)) {
        wish({.service = &service,
              .type = trait.key,
              .settings = trait.value,
              .ns = service.ns.empty() ? options_.ns : service.ns,
              .at = trait.value.position()});
        continue;
      }
      const bool old = trait.key == "RolloutStrategy";
      notes_.push_back({old ? Level::info : Level::warning,
                        old ? "RolloutStrategy never had an effect: ignored"
                            : fmt::format("trait {} of {} does not apply to {}: ignored", trait.key,
                                          service.key, part.type.name),
                        service.source->where(trait.value.position())});
    }
  }

  void wish(Wish each) {
    each.part = out_.parts.size();
    wishes_.push_back(std::move(each));
  }

  void warn_about_secrets(const Service& service, const Value& value, const std::string& kind) {
    if (kind == "CustomResourceDefinition") return;
    if (value.is_list())
      for (const Value& item : value.items()) warn_about_secrets(service, item, kind);
    if (!value.is_map()) return;
    for (const doc::Member& field : value.members()) {
      const bool in_secret = kind == "Secret" && (field.key == "stringData" || field.key == "data");
      if ((is_plain_text(field.value) && is_secret_name(field.key)) ||
          (in_secret && has_plain_text(field.value)))
        notes_.push_back({Level::warning,
                          fmt::format("{} of {} is a secret in plain text: use $(#ref.env.NAME) or "
                                      "$(#ref.secret.NAMESPACE/NAME/KEY)",
                                      field.key, service.key),
                          service.source->where(field.key_position)});
      else if (!in_secret)
        warn_about_secrets(service, field.value, kind);
    }
  }

  // Two services that are the same object would take it from each other at every apply.
  Result<void> note_object(const Part& part, const kube::Object& object) {
    const kube::Ref ref = kube::ref_of(object);
    if (ref.kind == "Namespace") declared_.insert(ref.name);
    if (!ref.ns.empty()) used_.insert(ref.ns);
    const auto [known, is_new] =
        objects_.emplace(fmt::format("{}/{}", ref.group, ref.text()), part.service);
    if (is_new || known->second == part.service) return {};
    if (ref.kind == "Namespace") {
      notes_.push_back({Level::info,
                        fmt::format("{} and {} are the same {}", known->second->key,
                                    part.service->key, ref.text()),
                        part.service->where()});
      return {};
    }
    return part.service->error(
        part.service->at,
        fmt::format("{} and {} are both {}", known->second->key, part.service->key, ref.text()),
        "remove one of them, or give it another name or namespace");
  }

  void mark(kube::Object ns) {
    const std::string name(kube::name_of(ns));
    marks_.insert_or_assign(name, std::move(ns));
  }

  void add_namespaces() {
    for (const std::string& ns : used_)
      if (ns != "default" && !marks_.contains(ns)) marks_.emplace(ns, namespace_object(ns));
    for (auto& [name, object] : marks_) {
      if (!declared_.contains(name))
        out_.namespaces.push_back(std::move(object));
      else
        merge_mark(name, object);
    }
  }

  // The labels of a trait go to the service that is the namespace: one manager, one object.
  void merge_mark(const std::string& name, const kube::Object& marked) {
    for (Part& part : out_.parts)
      for (kube::Object& object : part.objects) {
        if (kube::ref_of(object).kind != "Namespace" || kube::name_of(object) != name) continue;
        for (const char* key : {"labels", "annotations"}) {
          const Value* more = kube::at(marked, {"metadata", key});
          if (more == nullptr) continue;
          Value* metadata = object.find("metadata");
          Value all = metadata->find(key) != nullptr ? *metadata->find(key) : Value::map();
          for (const doc::Member& each : more->members()) all.set(each.key, each.value);
          metadata->set(key, std::move(all));
        }
      }
  }

  const Types& types_;
  const mesh::Catalog& catalog_;
  const ResolveOptions& options_;
  Notes& notes_;
  Resolution out_;
  std::vector<Wish> wishes_;
  std::set<std::string> guessed_;
  std::map<std::string, const Service*> objects_;
  std::map<std::string, kube::Object> marks_;
  std::set<std::string> used_;
  std::set<std::string> declared_;
};

}  // namespace

Result<Resolution> resolve(const Pattern& pattern, const Types& types, const mesh::Catalog& catalog,
                           const ResolveOptions& options, Notes& notes) {
  return Resolver(types, catalog, options, notes).run(pattern);
}

void add_definitions(Types& types, const Pattern& pattern) {
  for (const Service& service : pattern.services) {
    if (bare(service.type.text).name != "CustomResourceDefinition") continue;
    const Value* inner = service.settings.find("spec");
    const Value& spec = inner != nullptr ? *inner : service.settings;
    const std::string kind(kube::text_at(spec, {"names", "kind"}));
    const std::string_view group = kube::text_at(spec, {"group"});
    if (kind.empty() || group.empty()) continue;
    std::string_view version = kube::text_at(spec, {"version"});
    for (const Value& each : kube::list_at(spec, {"versions"}))
      if (kube::bool_at(each, {"storage"})) version = kube::text_at(each, {"name"});
    types.add(kind,
              {fmt::format("{}/{}", group, version), kube::text_at(spec, {"scope"}) != "Cluster"});
  }
}

}  // namespace weft::pattern
