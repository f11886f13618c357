#include "lib/lifecycle/setup.h"

#include <algorithm>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/lifecycle/values.h"

namespace weft::lifecycle {

using namespace mesh;

namespace {

using base::Error;
using base::ExitCode;
using base::Result;
using doc::Value;

// The version that local charts have when none was asked for.
Result<Version> version_of_order(kube::Helm& helm, const Mesh& mesh, const Order& order) {
  if (order.version.empty() && order.charts.local())
    for (const Step& step : mesh.steps) {
      if (!step.when.empty() || !step.chart_version.empty() || step.chart.empty()) continue;
      WEFT_TRY(found, locate_chart(helm, mesh, step, "", order.charts));
      if (auto known = version_of(mesh, found.version)) return std::move(*known);
      return resolve(mesh, found.version);
    }
  return resolve(mesh, order.version);
}

void replace_registry(Value& value, const std::string& registry) {
  constexpr std::string_view kPlace = "{registry}";
  if (value.is_map()) {
    for (auto& member : value.members()) replace_registry(member.value, registry);
  } else if (value.is_list()) {
    for (Value& item : value.items()) replace_registry(item, registry);
  } else if (value.is_string()) {
    std::string text = value.string();
    const auto at = text.find(kPlace);
    if (at != std::string::npos) value = Value(text.replace(at, kPlace.size(), registry));
  }
}

// Which steps take keys that were given without a step: those whose charts know them all.
Result<std::vector<const SetupStep*>> takers(kube::Helm& helm, const Setup& setup,
                                             const Value& values) {
  std::vector<const SetupStep*> out;
  for (const auto& step : setup.steps) out.push_back(&step);
  if (out.size() < 2 || !values.is_map()) return out;
  std::vector<std::string> known;
  std::erase_if(out, [&](const SetupStep* step) {
    const auto keys = value_keys(helm, step->chart.chart);
    if (!keys.ok()) return true;
    known.insert(known.end(), keys->begin(), keys->end());
    return !std::all_of(values.members().begin(), values.members().end(), [&](const auto& member) {
      return std::find(keys->begin(), keys->end(), member.key) != keys->end();
    });
  });
  if (!out.empty() || values.members().empty()) return out;
  const doc::Text& key = values.members()[0].key;
  std::vector<std::string> steps;
  for (const auto& step : setup.steps) steps.push_back(step.step->name);
  return Error{
      ExitCode::usage,
      fmt::format("no single chart of {} has the values given without a step, such as {}{}",
                  setup.mesh->id, key, base::did_you_mean(key, known)),
      fmt::format("name the step: --set {}:{}=... (steps: {})", steps.back(), key,
                  base::join(steps, ", "))};
}

Result<void> add_user_values(kube::Helm& helm, Setup& setup) {
  for (const GivenValues& given : setup.order.values) {
    if (!given.step.empty()) {
      merge_values(setup.user_values.try_emplace(given.step, Value::map()).first->second,
                   given.values);
      continue;
    }
    WEFT_TRY(steps, takers(helm, setup, given.values));
    for (const SetupStep* step : steps)
      merge_values(setup.user_values.try_emplace(step->step->name, Value::map()).first->second,
                   given.values);
  }
  return {};
}

Result<void> add_inputs(Setup& setup) {
  for (const auto& [name, value] : setup.order.inputs) {
    const auto known = std::ranges::find(setup.mesh->inputs, name, &Input::name);
    if (known == setup.mesh->inputs.end()) {
      std::vector<std::string> names;
      for (const Input& input : setup.mesh->inputs) names.push_back(input.name);
      return Error{ExitCode::usage,
                   fmt::format("{} takes no input {}{}", setup.mesh->id, name,
                               base::did_you_mean(name, names)),
                   names.empty() ? "" : "one of: " + base::join(names, ", ")};
    }
  }
  for (const Input& input : setup.mesh->inputs) {
    const auto step = std::ranges::find_if(setup.steps, [&input](const SetupStep& candidate) {
      return candidate.step->name == input.step;
    });
    if (step == setup.steps.end()) continue;
    const auto given = setup.order.inputs.find(input.name);
    if (given == setup.order.inputs.end()) {
      if (!input.value.empty() && find_path(step->values, input.value) != nullptr) continue;
      return Error{ExitCode::usage,
                   fmt::format("{} needs {}: {}", input.step, input.name, input.help),
                   fmt::format("--input {}=... (or @FILE)", input.name)};
    }
    if (!input.value.empty()) WEFT_CHECK(set_path(step->values, input.value, given->second));
  }
  return {};
}

}  // namespace

Result<GivenValues> parse_given(const Mesh& mesh, std::string_view text) {
  GivenValues given;
  const auto colon = text.find(':');
  if (colon != std::string_view::npos && colon < text.find('=')) {
    given.step = text.substr(0, colon);
    if (mesh.step(given.step) == nullptr) {
      std::vector<std::string> names;
      for (const Step& step : mesh.steps) names.push_back(step.name);
      return Error{ExitCode::usage,
                   fmt::format("{} has no step {}{}", mesh.id, given.step,
                               base::did_you_mean(given.step, names)),
                   "one of: " + base::join(names, ", ")};
    }
    text.remove_prefix(colon + 1);
  }
  given.values = Value::map();
  WEFT_TRY(assignments, parse_set(text));
  for (Assignment& one : assignments)
    WEFT_CHECK(set_path(given.values, one.path, std::move(one.value)));
  return given;
}

Result<Setup> set_up(kube::Helm& helm, const Mesh& mesh, const Order& order) {
  WEFT_TRY(version, version_of_order(helm, mesh, order));
  WEFT_TRY(selection, select(mesh, version, order.request));
  Setup setup{&mesh, version, selection, {}, {}, order};
  for (const SelectedStep& selected : selection.steps) {
    SetupStep step{selected.step, {}, {}, selected.values, {}};
    if (selected.step->chart.empty()) {
      WEFT_TRY(tree, locate_tree(mesh, *selected.step, version.version, order.charts));
      step.tree = std::move(tree);
    }
    if (!selected.step->chart.empty()) {
      WEFT_TRY(chart,
               locate_chart(helm, mesh, *selected.step, selected.chart_version, order.charts));
      step.chart = std::move(chart);
    }
    if (!order.registry.empty()) {
      const auto mirror = mesh.images.registry.find(selected.step->name);
      if (mirror != mesh.images.registry.end()) {
        Value values = mirror->second;
        replace_registry(values, order.registry);
        merge_values(step.values, values);
      }
    }
    setup.steps.push_back(std::move(step));
  }
  WEFT_CHECK(add_user_values(helm, setup));
  for (SetupStep& step : setup.steps) {
    const auto given = setup.user_values.find(step.step->name);
    if (given != setup.user_values.end()) merge_values(step.values, given->second);
  }
  WEFT_CHECK(add_inputs(setup));
  for (SetupStep& step : setup.steps) step.values_sha256 = hash_of(step.values);
  return setup;
}

}  // namespace weft::lifecycle
