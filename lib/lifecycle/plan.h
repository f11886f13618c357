// What a command would change in a cluster, step by step, told before anything changes. Plain data:
// made by plan_install and plan_uninstall, shown by the command line, carried out by execute().
//
//   if (!plan.changes_anything()) return ExitCode::done;
//   for (const auto& step : plan.steps) show(step.release, step.objects);
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "lib/kube/compare.h"

namespace weft::lifecycle {

// Values in short: one line of JSON, cut when long; empty where the field is absent.
struct FieldChange {
  std::string path;  // "spec.template.spec.containers[0].image"
  std::string before;
  std::string after;
  friend bool operator==(const FieldChange&, const FieldChange&) = default;
};

struct Change {
  kube::Action action = kube::Action::create;
  kube::Ref ref;
  std::vector<FieldChange> fields{};  // of an update
  std::string caution{};              // why a person must see it at every level of detail; or empty
  friend bool operator==(const Change&, const Change&) = default;
};

enum class StepAction { install, upgrade, apply, uninstall, unchanged };

// One release of the mesh (or one kustomization), in the order in which the steps are carried out.
struct PlannedStep {
  std::string release;
  std::string ns;
  StepAction action = StepAction::install;
  std::string chart{};         // its name; empty for a step without chart
  std::string version{};       // of the chart
  std::string from_version{};  // chart version that is installed; empty when none is
  std::string digest{};        // SHA-256 of the chart's content
  std::string values_sha256{};
  std::vector<Change> crds{};
  std::vector<Change> objects{};
  std::size_t masked = 0;              // fields that differ at each rendering and were not compared
  std::vector<std::string> unknown{};  // what could not be known beforehand, and why
};

struct Plan {
  std::string verb;  // "install", "upgrade", "uninstall"
  std::string mesh;
  std::string mode{};
  std::string from{};  // mesh version that is installed; empty when none is
  std::string to{};    // mesh version afterwards; empty for uninstall
  std::string context{};
  std::string server_version{};
  std::string helm_version{};
  std::vector<PlannedStep> steps{};
  std::vector<std::string> warnings{};
  std::vector<std::string> images{};  // sorted, each once

  bool changes_anything() const;
};

std::string_view name_of(StepAction action);
// "create", "update", "replace", "delete".
std::string_view action_word(kube::Action action);

struct ChangeCount {
  std::size_t created = 0;
  std::size_t updated = 0;
  std::size_t replaced = 0;
  std::size_t removed = 0;
};
ChangeCount count(const std::vector<Change>& changes);

// The first thing in which two plans of the same request differ, in words; empty when they would do
// the same. Versions of tools and warnings do not count.
std::string difference(const Plan& planned, const Plan& now);

}  // namespace weft::lifecycle
