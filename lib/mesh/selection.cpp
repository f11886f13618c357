#include "lib/mesh/selection.h"

#include <algorithm>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/mesh/names.h"

namespace weft::mesh {
namespace {

using base::Error;
using base::ExitCode;

template <typename T>
Error unknown(const Mesh& mesh, std::string_view what, std::string_view asked,
              const std::vector<T>& known) {
  std::vector<std::string> names;
  names.reserve(known.size());
  for (const auto& one : known) names.push_back(one.name);
  Error error{ExitCode::usage, fmt::format("{} has no {} {}{}", mesh.id, what, asked,
                                           base::did_you_mean(asked, names))};
  error.remedy = names.empty() ? fmt::format("{} has none", mesh.id)
                               : fmt::format("one of: {}", base::join(names, ", "));
  return error;
}

using Names = std::set<std::string, std::less<>>;

bool applies(const std::vector<std::string>& when, const Names& active) {
  return when.empty() || std::ranges::any_of(when, [&active](const std::string& word) {
           return active.contains(word);
         });
}

// Adds `name` and what it implies.
base::Result<void> switch_on(const Mesh& mesh, const std::string& name, const std::string& mode,
                             Names& on) {
  const Feature* feature = mesh.feature(name);
  if (feature == nullptr) return unknown(mesh, "feature", name, mesh.features);
  if (!feature->modes.empty() && std::ranges::find(feature->modes, mode) == feature->modes.end())
    return Error{ExitCode::usage,
                 fmt::format("feature {} of {} does not exist in mode {}", name, mesh.id, mode),
                 fmt::format("it needs --mode {}", base::join(feature->modes, " or "))};
  if (!on.insert(name).second) return {};
  for (const auto& implied : feature->implies) WEFT_CHECK(switch_on(mesh, implied, mode, on));
  return {};
}

// Two settings of one thing ("mtls=strict", "mtls=permissive") exclude each other.
base::Result<void> check_settings(const Mesh& mesh, const Names& on) {
  std::string_view last;
  for (const auto& name : on) {
    const auto equals = name.find('=');
    if (equals == std::string::npos) continue;
    const auto setting = std::string_view(name).substr(0, equals);
    if (setting == last)
      return Error{ExitCode::usage,
                   fmt::format("{} is asked to be two things at once: {}", setting, name),
                   fmt::format("give one of the settings of {} that `weft mesh show {}` lists",
                               setting, mesh.id)};
    last = setting;
  }
  return {};
}

doc::Value values_of(const Mesh& mesh, const Step& step, const Mode* mode, const Profile* profile,
                     const Names& on) {
  doc::Value values = step.values.is_map() ? step.values : doc::Value::map();
  const auto add = [&](const std::map<std::string, doc::Value>& by_step) {
    const auto found = by_step.find(step.name);
    if (found != by_step.end()) merge_values(values, found->second);
  };
  if (mode != nullptr) add(mode->values);
  if (profile != nullptr) add(profile->values);
  for (const auto& feature : mesh.features)
    if (on.contains(feature.name)) add(feature.values);
  return values;
}

}  // namespace

base::Result<void> check_installable(const Mesh& mesh) {
  if (mesh.driver == Driver::helm || mesh.driver == Driver::kustomize) return {};
  const auto& external = mesh.external;
  return Error{ExitCode::usage, fmt::format("weft does not install {}", mesh.name),
               base::join(external.next, "; ")}
      .because(external.reason.empty() ? mesh.status.note : external.reason);
}

void merge_values(doc::Value& under, const doc::Value& over) {
  if (!under.is_map() || !over.is_map()) {
    under = over;
    return;
  }
  for (const auto& member : over.members()) {
    doc::Value* old = under.find(member.key);
    if (old != nullptr)
      merge_values(*old, member.value);
    else
      under.set(member.key, member.value);
  }
}

base::Result<Selection> select(const Mesh& mesh, const Version& version, const Request& request) {
  WEFT_CHECK(check_installable(mesh));
  Selection chosen;
  const Mode* mode = mesh.modes.empty() ? nullptr : &mesh.modes.front();
  if (!request.mode.empty()) mode = by_name(mesh.modes, request.mode);
  if (mode == nullptr && !request.mode.empty())
    return unknown(mesh, "mode", request.mode, mesh.modes);
  if (mode != nullptr) chosen.mode = mode->name;

  const Profile* profile = nullptr;
  Names on;
  if (!request.profile.empty()) {
    profile = by_name(mesh.profiles, request.profile);
    if (profile == nullptr) return unknown(mesh, "profile", request.profile, mesh.profiles);
    for (const auto& name : profile->features) WEFT_CHECK(switch_on(mesh, name, chosen.mode, on));
  }
  for (const auto& name : request.features) WEFT_CHECK(switch_on(mesh, name, chosen.mode, on));
  WEFT_CHECK(check_settings(mesh, on));

  for (const auto& feature : mesh.features) {
    if (!on.contains(feature.name)) continue;
    chosen.features.push_back(feature.name);
    if (!feature.manifest.empty()) chosen.manifests.push_back({feature.name, feature.manifest});
  }
  Names active = on;
  active.insert(chosen.mode);
  for (const auto& step : mesh.steps)
    if (applies(step.when, active))
      chosen.steps.push_back({&step,
                              step.chart_version.empty() ? version.chart : step.chart_version,
                              values_of(mesh, step, mode, profile, on)});
  for (const auto& ready : mesh.ready)
    if (applies(ready.when, active)) chosen.ready.push_back(ready);
  for (const auto& way : mesh.onboarding)
    if (way.mode.empty() || way.mode == chosen.mode) chosen.onboarding.push_back(way);
  return chosen;
}

}  // namespace weft::mesh
