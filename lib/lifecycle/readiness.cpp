#include "lib/lifecycle/readiness.h"

#include <algorithm>
#include <array>

#include "lib/base/text.h"

namespace weft::lifecycle {

using namespace mesh;

namespace {

using base::Result;

constexpr std::array<std::string_view, 4> kWorkloads{"Deployment", "StatefulSet", "DaemonSet",
                                                     "Job"};

struct ApiVersion {
  std::string_view kind, version;
};
constexpr std::array<ApiVersion, 8> kVersions{
    {{"Deployment", "apps/v1"},
     {"StatefulSet", "apps/v1"},
     {"DaemonSet", "apps/v1"},
     {"Job", "batch/v1"},
     {"APIService", "apiregistration.k8s.io/v1"},
     {"CustomResourceDefinition", "apiextensions.k8s.io/v1"},
     {"MutatingWebhookConfiguration", "admissionregistration.k8s.io/v1"},
     {"ValidatingWebhookConfiguration", "admissionregistration.k8s.io/v1"}}};

std::string_view version_of_kind(std::string_view kind) {
  const auto found = std::ranges::find(kVersions, kind, &ApiVersion::kind);
  return found == kVersions.end() ? "v1" : found->version;
}

bool is_workload(const kube::Object& object) {
  return std::ranges::find(kWorkloads, kube::text_at(object, {"kind"})) != kWorkloads.end();
}

// By its name, or by labels where the name follows a revision.
bool is_meant(const Ready& ready, const kube::Object& object) {
  const kube::Ref ref = kube::ref_of(object);
  if (ref.kind != ready.kind || ref.ns != ready.ns) return false;
  if (!ready.name.empty()) return ref.name == ready.name;
  const auto pairs = base::split(ready.selector, ',');
  return std::ranges::all_of(pairs, [&object](std::string_view pair) {
    const auto equals = std::min(pair.find('='), pair.size());
    const auto value = kube::label_of(object, pair.substr(0, equals));
    return equals < pair.size() && value == pair.substr(equals + 1);
  });
}

std::string first_missing(const std::vector<kube::TargetState>& states) {
  for (const kube::TargetState& state : states)
    if (state.readiness.state != kube::State::ready) return state.text();
  return {};
}

}  // namespace

std::vector<kube::Target> workloads_of(const kube::Objects& objects) {
  std::vector<kube::Target> out;
  for (const kube::Object& object : objects) {
    if (is_workload(object)) out.push_back({kube::ref_of(object), ""});
  }
  return out;
}

std::vector<kube::Target> further_targets(const std::vector<Ready>& ready,
                                          const kube::Objects& objects) {
  std::vector<kube::Target> out;
  for (const Ready& one : ready) {
    const bool known = std::ranges::any_of(objects, [&one](const kube::Object& object) {
      return is_workload(object) && is_meant(one, object);
    });
    const kube::Ref ref = kube::make_ref(version_of_kind(one.kind), one.kind, one.ns, one.name);
    if (!known) out.push_back({ref, one.selector, true});
  }
  return out;
}

Result<std::vector<std::string>> wait_ready(Work& work, const std::vector<kube::Target>& targets,
                                            Event event) {
  std::vector<std::string> unready;
  if (targets.empty()) return unready;
  event.what = Happening::waiting;
  const auto progress = [&](const std::vector<kube::TargetState>& states) {
    event.text = first_missing(states);
    if (!event.text.empty()) work.tell(event);
  };
  WEFT_TRY(report, kube::wait(work.cluster, targets, work.waiting(progress)));
  if (auto error = report.error()) return std::move(*error);
  for (const kube::TargetState* state : report.not_ready()) unready.push_back(state->text());
  return unready;
}

}  // namespace weft::lifecycle
