#include "lib/smp/meshmark.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "lib/base/format.h"

namespace weft::smp {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;
using enum MueKind;

constexpr MueKindRow kKinds[] = {
    {headroom, "headroom", {"used", "assigned"}, "(assigned - used) / assigned"},
    {share, "share", {"app", "mesh"}, "app / (app + mesh)"},
    {lower_better, "lower_better", {"baseline", "measured"}, "baseline / measured"},
    {higher_better, "higher_better", {"measured", "reference"}, "measured / reference"},
    {ratio, "ratio", {"value", ""}, "value"},
};

// The classes of the profile. One that another class does the work of ("mem" beside "cpu" in
// compute) is covered too: by an id that starts with `ids`.
struct ProfileClass {
  std::string_view name;
  std::string_view ids;
  bool resource;
  bool with_headroom, with_share;  // required under that method
};
constexpr ProfileClass kClasses[] = {
    {"compute", "cpu", true, true, true},         {"memory", "mem", true, true, false},
    {"latency", "p", false, true, true},          {"throughput", "rps", false, true, true},
    {"network", "bandwidth", true, false, false}, {"resource", "", true, false, false}};
constexpr std::string_view kOwnClass = "resource";  // used in the literature, not the profile's

const ProfileClass* profile_class(std::string_view name) {
  for (const auto& known : kClasses)
    if (known.name == name) return &known;
  return nullptr;
}

bool is_resource(const MueClass& group, const Mue& mue) {
  const auto* known = profile_class(group.name);
  return mue.kind == headroom || mue.kind == share || (known != nullptr && known->resource);
}

double mue_value(MueKind kind, const std::array<double, 2>& in) {
  switch (kind) {
    case headroom:
      return std::clamp((in[1] - in[0]) / in[1], 0.0, 1.0);
    case share:
      return in[0] / (in[0] + in[1]);
    case lower_better:
    case higher_better:
      return std::clamp(in[0] / in[1], 0.0, 1.0);
    case ratio:
      return in[0];
  }
  return 0;
}

// The MUE with a tenth less of what the mesh takes.
double improved_value(const Mue& mue) {
  auto in = mue.inputs;
  switch (mue.kind) {
    case headroom:
      in[0] *= 0.9;
      break;
    case share:
    case lower_better:
      in[1] *= 0.9;
      break;
    case higher_better:
      in[0] += 0.1 * std::max(0.0, in[1] - in[0]);
      break;
    case ratio:
      in[0] += 0.1 * (1 - in[0]);
      break;
  }
  return mue_value(mue.kind, in);
}

Error bad(const MueClass& group, const Mue& mue, std::string_view what, std::string remedy) {
  return Error{ExitCode::input, fmt::format("MUE {}.{}: {}", group.name, mue.id, what),
               std::move(remedy)};
}

Result<void> check_inputs(const MueClass& group, const Mue& mue) {
  const auto& names = row(mue.kind).inputs;
  for (std::size_t i = 0; i < names.size() && !names[i].empty(); ++i) {
    if (!std::isfinite(mue.inputs[i]))
      return bad(group, mue, fmt::format("{} is not a number", names[i]), "give a finite number");
    if (mue.inputs[i] < 0)
      return bad(group, mue, fmt::format("{} is negative ({})", names[i], mue.inputs[i]),
                 "give 0 or more");
  }
  switch (mue.kind) {
    case share:
      if (mue.inputs[0] + mue.inputs[1] > 0) return {};
      return bad(group, mue, "app and mesh are both 0", "leave the MUE out when nothing is known");
    case ratio:
      if (mue.inputs[0] <= 1) return {};
      return bad(group, mue, fmt::format("value {} is above 1", mue.inputs[0]),
                 "give a ratio of 0 to 1");
    case headroom:
    case lower_better:
    case higher_better:
      if (mue.inputs[1] > 0) return {};
      return bad(group, mue, fmt::format("{} must be above 0", names[1]),
                 "leave the MUE out when it is not known");
  }
  return {};
}

Result<void> check(const MeshMarkInput& input) {
  std::set<std::string> names;
  for (const auto& group : input.classes) {
    if (!names.insert(group.name).second)
      return Error{ExitCode::input, fmt::format("class {} stands twice", group.name),
                   "put its MUEs into one class"};
    std::set<std::string> ids;
    for (const auto& mue : group.mues) {
      if (!ids.insert(mue.id).second)
        return bad(group, mue, "stands twice in its class", "give each MUE an id of its own");
      if (!(std::fabs(mue.weight) <= kMaxMueWeight))
        return bad(group, mue, fmt::format("weight {} is outside -0.5 to +0.5", mue.weight),
                   "give a weight of -50% to +50%");
      WEFT_CHECK(check_inputs(group, mue));
    }
  }
  return {};
}

bool covers(const MueClass& group, const ProfileClass& wanted) {
  if (group.name == wanted.name) return !group.mues.empty();
  return std::any_of(group.mues.begin(), group.mues.end(),
                     [&](const Mue& mue) { return mue.id.starts_with(wanted.ids); });
}

std::vector<std::string> missing_classes(const MeshMarkInput& input) {
  std::vector<std::string> missing;
  bool of_profile = true;
  for (const auto& group : input.classes) {
    of_profile = of_profile && group.name != kOwnClass && profile_class(group.name) != nullptr;
    if (group.mues.empty()) missing.push_back(group.name);
  }
  if (!of_profile) return missing;
  for (const auto& wanted : kClasses) {
    const bool required =
        input.method == MeshMarkMethod::share ? wanted.with_share : wanted.with_headroom;
    const auto covered = [&](const MueClass& group) { return covers(group, wanted); };
    if (required && std::none_of(input.classes.begin(), input.classes.end(), covered) &&
        std::find(missing.begin(), missing.end(), wanted.name) == missing.end())
      missing.emplace_back(wanted.name);
  }
  return missing;
}

struct ClassTerms {
  MueClassScore score;
  double literal = 0;
};

// `share` is the part of the MeshMark that the class makes up, in points.
ClassTerms score_class(const MueClass& group, double share) {
  ClassTerms terms{{group.name, 0, {}, group.missing}, 0};
  double divisor = 0;
  for (const auto& mue : group.mues) divisor += 1 + mue.weight;
  for (const auto& mue : group.mues) {
    const double value = mue_value(mue.kind, mue.inputs);
    const double part = (1 + mue.weight) / divisor;
    terms.score.mues.push_back({mue, value, share * part * value, share * part * (1 - value),
                                share * part * (improved_value(mue) - value)});
    terms.score.value += part * value;
    terms.literal += value * mue.weight / static_cast<double>(group.mues.size());
  }
  return terms;
}

// Descending by `field`; those without any are left out.
std::vector<RankedMue> ranked(const MeshMark& mark, double MueScore::*field) {
  std::vector<RankedMue> ranking;
  for (const auto& group : mark.classes)
    for (const auto& scored : group.mues)
      if (scored.*field > 0) ranking.push_back({group.name, scored});
  std::stable_sort(ranking.begin(), ranking.end(), [&](const RankedMue& a, const RankedMue& b) {
    return a.mue.*field > b.mue.*field;
  });
  return ranking;
}

}  // namespace

std::span<const MueKindRow> mue_kinds() { return kKinds; }

const MueKindRow& row(MueKind kind) {
  return *std::find_if(std::begin(kKinds), std::end(kKinds),
                       [&](const MueKindRow& candidate) { return candidate.kind == kind; });
}

std::string_view method_name(MeshMarkMethod method) {
  return method == MeshMarkMethod::share ? "share" : "headroom";
}

Result<MeshMark> score(const MeshMarkInput& input) {
  WEFT_CHECK(check(input));
  const auto with_data = std::count_if(input.classes.begin(), input.classes.end(),
                                       [](const MueClass& group) { return !group.mues.empty(); });
  if (with_data == 0)
    return Error{ExitCode::input, "there is nothing to score: no class has a MUE with data",
                 "give at least one class with one MUE"};

  MeshMark mark;
  mark.method = input.method;
  mark.missing_classes = missing_classes(input);
  mark.partial = !mark.missing_classes.empty();
  const auto count = static_cast<double>(with_data);
  for (const auto& group : input.classes) {
    mark.used += group.mues.size();
    mark.defined += group.mues.size() + group.missing.size();
    if (group.mues.empty()) continue;
    auto terms = score_class(group, 100 / count);
    mark.score += terms.score.value;
    mark.literal += terms.literal;
    for (const auto& scored : terms.score.mues)
      if (is_resource(group, scored.mue)) mark.mue_total += scored.value;
    mark.classes.push_back(std::move(terms.score));
  }
  mark.score = std::clamp(100 * mark.score / count, 0.0, 100.0);
  mark.literal = 100 * mark.literal / count;
  return mark;
}

std::vector<RankedMue> by_loss(const MeshMark& mark) { return ranked(mark, &MueScore::lost); }

std::vector<RankedMue> by_gain(const MeshMark& mark) { return ranked(mark, &MueScore::gain); }

}  // namespace weft::smp
