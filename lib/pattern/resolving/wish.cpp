#include "lib/pattern/resolving/wish.h"

#include <map>
#include <unordered_map>

#include "lib/base/format.h"
#include "lib/capability/settings.h"
#include "lib/compile/compile.h"
#include "lib/doc/write.h"
#include "lib/mesh/selection.h"

namespace weft::pattern {
namespace {

using base::Result;
using doc::Value;

std::int64_t port_of(const Service& service) {
  for (const char* list : {"containers", "ports"})
    for (const Value& each : kube::list_at(service.settings, {list})) {
      if (const auto port = kube::int_at(each, {"port"}); port != 0) return port;
      for (const Value& port : kube::list_at(each, {"ports"}))
        if (const auto number = kube::int_at(port, {"containerPort"}); number != 0) return number;
    }
  constexpr std::int64_t kHttp = 80;
  return kHttp;
}

// Without a mesh: nothing is to be made, only checked.
compile::Target target_of(const ResolveOptions& options, const Resolution& resolution) {
  compile::Target out{.mesh = options.mesh,
                      .version = options.mesh_version,
                      .serves = {},
                      .allow_loss = options.allow_loss};
  if (!out.mesh.empty()) return out;
  for (const Part& part : resolution.parts) {
    if (part.type.what != TypeKind::mesh || capability::find_column(part.order.id) == nullptr)
      continue;
    out.mesh = part.order.id;
    if (out.version.empty()) out.version = part.order.version;
    return out;
  }
  out.mesh = options.found_mesh;
  if (out.version.empty()) out.version = options.found_version;
  return out;
}

Result<compile::Intent> intent_of(const Wish& wish) {
  const capability::Capability* capability = capability::of_type(wish.type);
  if (!wish.settings.is_map() && !wish.settings.is_null()) {
    const std::string example =
        capability->examples.empty() ? "" : doc::write_json(capability->examples.front(), 0);
    return wish.service->error(wish.at,
                               fmt::format("{} of {} must be a map of settings, found {}",
                                           wish.type, wish.service->key, wish.settings.kind_name()),
                               fmt::format("{}: {}", wish.type, example));
  }
  compile::Intent out{.capability = capability,
                      .service = wish.service->name,
                      .ns = wish.ns,
                      .labels = {},
                      .port = port_of(*wish.service),
                      .settings = wish.settings.is_map() ? wish.settings : Value::map(),
                      .source = wish.service->source,
                      .at = wish.at};
  return out;
}

std::string text_of(const compile::Loss& loss) {
  const std::string label = fmt::format("{} of {}", loss.capability, loss.service);
  const bool is_said = loss.message.find(label) != std::string::npos;
  return fmt::format("{}{}{}{}", is_said ? "" : label + ": ", loss.message,
                     loss.nearest.empty() ? "" : "; nearest: ", loss.nearest);
}

Result<void> check(const std::vector<compile::Intent>& intents) {
  for (const compile::Intent& intent : intents)
    if (auto checked = capability::check(*intent.capability, intent.settings, intent.source.get(),
                                         intent.service + '.' + intent.capability->type);
        !checked.ok())
      return checked.error();
  return {};
}

// What is to be added to an object goes into it where the pattern has it: one manager, one object.
class Placer {
 public:
  explicit Placer(Resolution& resolution) : parts_(resolution.parts) {
    for (std::size_t part = 0; part < parts_.size(); ++part)
      for (std::size_t i = 0; i < parts_[part].objects.size(); ++i)
        places_.emplace(key_of(parts_[part].objects[i]), std::pair(part, i));
  }

  void place(compile::Object object, std::size_t part) {
    auto& objects = parts_[part].objects;
    const auto [known, is_new] =
        places_.emplace(key_of(object.value), std::pair(part, objects.size()));
    if (object.is_partial && !is_new)
      mesh::merge_values(parts_[known->second.first].objects[known->second.second], object.value);
    else
      objects.push_back(std::move(object.value));
  }

 private:
  static std::string key_of(const kube::Object& object) {
    const kube::Ref ref = kube::ref_of(object);
    return ref.group + '/' + ref.text();
  }

  std::vector<Part>& parts_;
  std::unordered_map<std::string, std::pair<std::size_t, std::size_t>> places_;
};

}  // namespace

Result<void> grant(const std::vector<Wish>& wishes, const ResolveOptions& options,
                   Resolution& resolution, Notes& notes) {
  struct Group {
    std::vector<compile::Intent> intents;
    const Wish* last = nullptr;
  };
  std::map<std::pair<std::string, std::string>, Group> groups;
  for (const Wish& wish : wishes) {
    WEFT_TRY(intent, intent_of(wish));
    Group& group = groups[{intent.ns, intent.service}];
    group.intents.push_back(std::move(intent));
    group.last = &wish;
  }
  const compile::Target target = target_of(options, resolution);
  Placer placer(resolution);
  for (auto& [subject, group] : groups) {
    if (target.mesh.empty() && !options.check_only)
      return group.last->service->error(group.last->at,
                                        fmt::format("{} of {} needs a mesh to be made for",
                                                    group.last->type, group.last->service->key),
                                        "--mesh NAME, or a mesh among the services");
    if (target.mesh.empty()) {
      WEFT_CHECK(check(group.intents));
      continue;
    }
    WEFT_TRY(compiled, compile::compile(group.intents, target));
    for (const compile::Loss& loss : compiled.losses)
      notes.push_back({Level::warning, text_of(loss), loss.where});
    for (const std::string& note : compiled.notes)
      notes.push_back({Level::warning, note, group.last->service->source->where(group.last->at)});
    for (compile::Object& object : compiled.objects)
      placer.place(std::move(object), group.last->part);
  }
  return {};
}

}  // namespace weft::pattern
