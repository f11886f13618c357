#include "lib/pattern/applying/waiting.h"

#include <algorithm>
#include <array>

namespace weft::pattern {
namespace {

using base::Error;
using base::ExitCode;

bool is_lost(const kube::TargetState& state) {
  return state.readiness.state == kube::State::failed ||
         (state.diagnosis && state.diagnosis->hopeless);
}

Error error_of(const kube::TargetState& state, kube::WaitEnd end) {
  const ExitCode code =
      end == kube::WaitEnd::interrupted ? ExitCode::interrupted : ExitCode::timeout;
  return {code, state.text(), state.diagnosis ? state.diagnosis->remedy : ""};
}

void wait_for_some(kube::Cluster& cluster, std::vector<Awaited> awaited,
                   const kube::WaitOptions& options, std::vector<Unready>& out) {
  while (!awaited.empty()) {
    std::vector<kube::Target> targets;
    targets.reserve(awaited.size());
    for (const Awaited& each : awaited) targets.push_back(each.target);
    const auto report = kube::wait(cluster, targets, options);
    if (!report.ok()) {
      for (const Awaited& each : awaited) out.push_back({each.service, report.error()});
      return;
    }
    if (report->ready()) return;
    std::vector<Awaited> rest;
    for (std::size_t k = 0; k < awaited.size() && k < report->targets.size(); ++k) {
      const kube::TargetState& state = report->targets[k];
      if (state.readiness.state == kube::State::ready) continue;
      if (report->end == kube::WaitEnd::hopeless && !is_lost(state))
        rest.push_back(std::move(awaited[k]));
      else
        out.push_back({awaited[k].service, error_of(state, report->end)});
    }
    // Hopeless without one that is: nothing would change.
    if (rest.size() == targets.size()) {
      for (std::size_t k = 0; k < rest.size(); ++k)
        out.push_back({rest[k].service, error_of(report->targets[k], report->end)});
      return;
    }
    awaited = std::move(rest);
  }
}

}  // namespace

std::vector<kube::Target> wait_targets(const kube::Objects& objects) {
  constexpr std::array<std::string_view, 7> kKinds = {
      "Deployment", "StatefulSet", "DaemonSet", "Job", "Pod", "CustomResourceDefinition",
      "APIService"};
  std::vector<kube::Target> out;
  for (const kube::Object& object : objects) {
    const kube::Ref ref = kube::ref_of(object);
    if (std::find(kKinds.begin(), kKinds.end(), ref.kind) != kKinds.end())
      out.push_back({.ref = ref, .selector = {}});
  }
  return out;
}

std::vector<Unready> wait_for(kube::Cluster& cluster, const std::vector<Awaited>& awaited,
                              const kube::WaitOptions& options) {
  constexpr std::size_t kBatch = 200;  // one look has a time limit
  std::vector<Unready> out;
  for (std::size_t at = 0; at < awaited.size(); at += kBatch) {
    const auto begin = awaited.begin() + static_cast<std::ptrdiff_t>(at);
    const auto count = static_cast<std::ptrdiff_t>(std::min(kBatch, awaited.size() - at));
    wait_for_some(cluster, {begin, begin + count}, options, out);
  }
  return out;
}

}  // namespace weft::pattern
