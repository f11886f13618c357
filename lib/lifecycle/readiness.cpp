#include "lib/lifecycle/readiness.h"

#include <algorithm>
#include <array>

namespace weft::lifecycle {

using namespace mesh;

namespace {

using base::Result;

constexpr std::chrono::seconds kLittleWhile{10};
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

std::string first_missing(const std::vector<kube::TargetState>& states) {
  for (const kube::TargetState& state : states)
    if (state.readiness.state != kube::State::ready) return state.text();
  return {};
}

}  // namespace

std::vector<kube::Target> workloads_of(const kube::Objects& objects) {
  std::vector<kube::Target> out;
  for (const kube::Object& object : objects) {
    const kube::Ref ref = kube::ref_of(object);
    if (std::ranges::find(kWorkloads, ref.kind) != kWorkloads.end()) out.push_back({ref, ""});
  }
  return out;
}

std::vector<kube::Target> further_targets(const std::vector<Ready>& ready,
                                          const std::vector<kube::Target>& workloads) {
  std::vector<kube::Target> out;
  for (const Ready& one : ready) {
    const kube::Ref ref = kube::make_ref(version_of_kind(one.kind), one.kind, one.ns, one.name);
    const bool known = std::ranges::any_of(workloads, [&](const kube::Target& target) {
      return target.ref.kind == ref.kind && target.ref.ns == ref.ns && target.ref.name == ref.name;
    });
    if (!known) out.push_back({ref, one.selector});
  }
  return out;
}

Result<void> wait_ready(Work& work, const std::vector<kube::Target>& targets, Event event) {
  if (targets.empty()) return {};
  event.what = Happening::waiting;
  const auto progress = [&](const std::vector<kube::TargetState>& states) {
    event.text = first_missing(states);
    if (!event.text.empty()) work.tell(event);
  };
  WEFT_TRY(report, kube::wait(work.cluster, targets, work.waiting(progress)));
  if (auto error = report.error()) return std::move(*error);
  return {};
}

Result<std::vector<std::string>> wait_a_little(Work& work,
                                               const std::vector<kube::Target>& targets) {
  if (targets.empty()) return std::vector<std::string>{};
  kube::WaitOptions options = work.waiting({});
  options.deadline = std::min(options.deadline, work.clock.monotonic() + kLittleWhile);
  WEFT_TRY(report, kube::wait(work.cluster, targets, options));
  std::vector<std::string> out;
  for (const kube::TargetState* state : report.not_ready()) out.push_back(state->text());
  return out;
}

}  // namespace weft::lifecycle
