#include "lib/lifecycle/plan.h"

#include <algorithm>
#include <array>

#include "lib/base/format.h"

namespace weft::lifecycle {

namespace {

constexpr std::array<std::string_view, 5> kStepActions{"install", "upgrade", "apply", "uninstall",
                                                       "unchanged"};

std::string differing_change(const std::vector<Change>& planned, const std::vector<Change>& now) {
  for (const Change& change : now)
    if (std::find(planned.begin(), planned.end(), change) == planned.end())
      return fmt::format("{} of {} is not in the plan", kube::action_name(change.action),
                         change.ref.text());
  for (const Change& change : planned)
    if (std::find(now.begin(), now.end(), change) == now.end())
      return fmt::format("{} of {} is no longer what would happen", action_word(change.action),
                         change.ref.text());
  return {};
}

std::string difference(const PlannedStep& planned, const PlannedStep& now) {
  const std::string step = fmt::format("step {}: ", now.release);
  if (planned.release != now.release)
    return fmt::format("step {} was {}", now.release, planned.release);
  if (planned.action != now.action)
    return fmt::format("{}{} instead of {}", step, name_of(now.action), name_of(planned.action));
  if (planned.digest != now.digest)
    return fmt::format("{}the chart {} has another content", step, now.chart);
  if (planned.values_sha256 != now.values_sha256) return step + "the values are others";
  const std::string crds = differing_change(planned.crds, now.crds);
  if (!crds.empty()) return step + crds;
  const std::string objects = differing_change(planned.objects, now.objects);
  return objects.empty() ? objects : step + objects;
}

}  // namespace

std::string_view name_of(StepAction action) {
  return kStepActions[static_cast<std::size_t>(action)];
}

std::string_view action_word(kube::Action action) {
  return action == kube::Action::remove ? "delete" : kube::action_name(action);
}

bool Plan::changes_anything() const {
  return std::any_of(steps.begin(), steps.end(), [](const PlannedStep& step) {
    return step.action != StepAction::unchanged || !step.crds.empty() || !step.objects.empty();
  });
}

ChangeCount count(const std::vector<Change>& changes) {
  ChangeCount counts;
  for (const Change& change : changes) switch (change.action) {
      case kube::Action::create:
        ++counts.created;
        break;
      case kube::Action::update:
        ++counts.updated;
        break;
      case kube::Action::replace:
        ++counts.replaced;
        break;
      case kube::Action::remove:
        ++counts.removed;
        break;
      case kube::Action::none:
        break;
    }
  return counts;
}

std::string difference(const Plan& planned, const Plan& now) {
  if (planned.verb != now.verb) return fmt::format("{} instead of {}", now.verb, planned.verb);
  if (planned.mesh != now.mesh) return fmt::format("{} instead of {}", now.mesh, planned.mesh);
  if (planned.context != now.context)
    return fmt::format("the context is {}, the plan was made for {}", now.context, planned.context);
  if (planned.from != now.from || planned.to != now.to)
    return fmt::format("it would go from {} to {}, the plan went from {} to {}",
                       now.from.empty() ? "nothing" : now.from, now.to,
                       planned.from.empty() ? "nothing" : planned.from, planned.to);
  if (planned.steps.size() != now.steps.size())
    return fmt::format("{} steps instead of {}", now.steps.size(), planned.steps.size());
  for (std::size_t i = 0; i < now.steps.size(); ++i) {
    std::string found = difference(planned.steps[i], now.steps[i]);
    if (!found.empty()) return found;
  }
  return {};
}

}  // namespace weft::lifecycle
