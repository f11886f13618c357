#include "lib/kube/diagnose.h"

#include <algorithm>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/kube/errors.h"
#include "lib/kube/events.h"

namespace weft::kube {
namespace {

using doc::Value;
using Found = std::optional<Diagnosis>;

constexpr std::string_view kCauseNames[] = {
    "image-pull",    "invalid-image", "crash-loop", "bad-config", "cannot-run",
    "unschedulable", "unbound-claim", "volume",     "quota",      "pod-security",
    "webhook",       "refused",       "probe",      "slow"};

// What a container waits for, as the kubelet says it.
struct WaitingReason {
  std::string_view reason;
  Cause cause;
  bool hopeless;
};
constexpr WaitingReason kWaitingReasons[] = {
    {"ImagePullBackOff", Cause::image_pull, true},
    {"ErrImagePull", Cause::image_pull, true},
    {"ErrImageNeverPull", Cause::image_pull, true},
    {"ImageInspectError", Cause::image_pull, true},
    {"RegistryUnavailable", Cause::image_pull, true},
    {"InvalidImageName", Cause::invalid_image, true},
    {"CrashLoopBackOff", Cause::crash_loop, false},
    {"CreateContainerConfigError", Cause::bad_config, true},
    {"CreateContainerError", Cause::cannot_run, false},
    {"RunContainerError", Cause::cannot_run, false},
};

std::string one_line(std::string_view text) {
  constexpr std::size_t kMost = 300;
  std::string out(base::trim(text.substr(0, std::min(text.size(), kMost))));
  out.resize(base::valid_utf8_length(out));
  std::replace(out.begin(), out.end(), '\n', ' ');
  return out;
}

// ": detail", or nothing.
std::string tail(std::string_view detail) {
  return detail.empty() ? std::string() : ": " + one_line(detail);
}

std::string describe(const Ref& ref) {
  return fmt::format("see more: kubectl describe {} -n {} {}", base::lower(ref.kind), ref.ns,
                     ref.name);
}

std::string logs(const Ref& pod, std::string_view container, bool previous) {
  return fmt::format("see more: kubectl logs -n {} {} -c {}{}", pod.ns, pod.name, container,
                     previous ? " --previous" : "");
}

std::string between(std::string_view text, std::string_view before, std::string_view after) {
  const auto at = text.find(before);
  if (at == std::string_view::npos) return {};
  text = text.substr(at + before.size());
  return std::string(text.substr(0, text.find(after)));
}

// What stands between the quotes behind `mark`.
std::string quoted_after(std::string_view text, std::string_view mark) {
  const auto at = text.find(mark);
  if (at == std::string_view::npos) return {};
  const auto open = text.find('"', at + mark.size());
  if (open == std::string_view::npos) return {};
  return std::string(text.substr(open + 1, text.find('"', open + 1) - open - 1));
}

std::string exit_text(const Value& terminated) {
  const std::string_view reason = text_at(terminated, {"reason"});
  const std::string_view message = text_at(terminated, {"message"});
  std::string text = fmt::format("exit code {}", int_at(terminated, {"exitCode"}));
  if (!reason.empty() && reason != "Error") text += fmt::format(" ({})", reason);
  return text + tail(message);
}

Found crashed(const Ref& pod, const Value& status, const Value* terminated) {
  const std::string_view name = text_at(status, {"name"});
  std::string message = fmt::format("container {} keeps crashing", name);
  const std::int64_t restarts = int_at(status, {"restartCount"});
  if (restarts > 0)
    message += fmt::format(" ({})", base::plural(static_cast<std::uint64_t>(restarts), "restart"));
  if (terminated != nullptr) message += ": " + exit_text(*terminated);
  return Diagnosis{.cause = Cause::crash_loop,
                   .object = pod,
                   .name = std::string(name),
                   .message = std::move(message),
                   .remedy = logs(pod, name, restarts > 0)};
}

std::string waiting_message(Cause cause, std::string_view container, std::string_view image) {
  switch (cause) {
    case Cause::image_pull:
      return fmt::format("image {} cannot be pulled", image);
    case Cause::invalid_image:
      return fmt::format("image name {} is not valid", image);
    case Cause::bad_config:
      return fmt::format("container {} lacks configuration", container);
    default:
      return fmt::format("container {} cannot be started", container);
  }
}

Found container_cause(const Ref& pod, const Value& status) {
  const std::string_view name = text_at(status, {"name"});
  const std::string_view image = text_at(status, {"image"});
  const Value* last = at(status, {"lastState", "terminated"});
  const Value* ended = at(status, {"state", "terminated"});
  if (ended != nullptr && int_at(*ended, {"exitCode"}) != 0) return crashed(pod, status, ended);
  const Value* waiting = at(status, {"state", "waiting"});
  if (waiting == nullptr) return std::nullopt;
  for (const WaitingReason& row : kWaitingReasons) {
    if (row.reason != text_at(*waiting, {"reason"})) continue;
    if (row.cause == Cause::crash_loop) return crashed(pod, status, last);
    const bool of_image = row.cause == Cause::image_pull || row.cause == Cause::invalid_image;
    return Diagnosis{
        .cause = row.cause,
        .object = pod,
        .name = std::string(of_image ? image : name),
        .message = waiting_message(row.cause, name, image) + tail(text_at(*waiting, {"message"})),
        .remedy = describe(pod),
        .hopeless = row.hopeless};
  }
  return std::nullopt;
}

// The first claim of the pod that is not bound.
Found claim_cause(const Object& pod, const Surroundings& around) {
  for (const Value& volume : list_at(pod, {"spec", "volumes"})) {
    const std::string_view name = text_at(volume, {"persistentVolumeClaim", "claimName"});
    if (name.empty()) continue;
    const Ref ref = make_ref("v1", "PersistentVolumeClaim", namespace_of(pod), name);
    const auto claim =
        std::find_if(around.claims.begin(), around.claims.end(),
                     [&ref](const Object& each) { return ref_of(each).same_object(ref); });
    if (claim != around.claims.end() && text_at(*claim, {"status", "phase"}) == "Bound") continue;
    const auto warnings = warnings_about(ref, around.events);
    const std::string_view storage =
        claim == around.claims.end() ? "" : text_at(*claim, {"spec", "storageClassName"});
    std::string message = fmt::format("claim {} is not bound", name);
    if (claim == around.claims.end()) message = fmt::format("claim {} does not exist", name);
    if (!storage.empty()) message += fmt::format(" (storage class {})", storage);
    if (!warnings.empty()) message += tail(warnings.back().message);
    return Diagnosis{.cause = Cause::unbound_claim,
                     .object = ref,
                     .name = std::string(name),
                     .message = std::move(message),
                     .remedy = "a default StorageClass or a matching PersistentVolume is needed; " +
                               describe(ref)};
  }
  return std::nullopt;
}

Found scheduling_cause(const Object& pod, const Surroundings& around) {
  const Value* scheduled = condition(pod, "PodScheduled");
  if (scheduled == nullptr || text_at(*scheduled, {"status"}) != "False") return std::nullopt;
  if (auto claim = claim_cause(pod, around)) return claim;
  const Ref ref = ref_of(pod);
  return Diagnosis{.cause = Cause::unschedulable,
                   .object = ref,
                   .message = "no node can take the pod" + tail(text_at(*scheduled, {"message"})),
                   .remedy = describe(ref)};
}

// What only events tell about a pod that is neither ready nor in a state with a name.
Found event_cause(const Object& pod, const Surroundings& around) {
  const Ref ref = ref_of(pod);
  const auto warnings = warnings_about(ref, around.events);
  for (auto event = warnings.rbegin(); event != warnings.rend(); ++event) {
    if (event->reason == "FailedMount" || event->reason == "FailedAttachVolume")
      return Diagnosis{.cause = Cause::volume,
                       .object = ref,
                       .message = "a volume cannot be mounted" + tail(event->message),
                       .remedy = describe(ref)};
    if (event->reason == "FailedCreatePodSandBox")
      return Diagnosis{.cause = Cause::cannot_run,
                       .object = ref,
                       .message = "the pod's network or sandbox fails" + tail(event->message),
                       .remedy = describe(ref)};
    if (event->reason == "Unhealthy" && event->message.starts_with("Readiness"))
      return Diagnosis{.cause = Cause::probe,
                       .object = ref,
                       .message = one_line(event->message),
                       .remedy = describe(ref)};
  }
  return std::nullopt;
}

// Runs or starts, and nothing complains.
Diagnosis slow_cause(const Object& pod) {
  const Ref ref = ref_of(pod);
  Diagnosis slow{.object = ref, .message = "starting", .remedy = describe(ref)};
  for (const char* group : {"initContainerStatuses", "containerStatuses"})
    for (const Value& status : list_at(pod, {"status", group})) {
      if (bool_at(status, {"ready"})) continue;
      slow.name = text_at(status, {"name"});
      const bool runs = at(status, {"state", "running"}) != nullptr;
      slow.message =
          fmt::format("container {} {}", slow.name, runs ? "runs but is not ready" : "is starting");
      return slow;
    }
  return slow;
}

bool is_done(const Object& pod) {
  const Value* ready = condition(pod, "Ready");
  return text_at(pod, {"status", "phase"}) == "Succeeded" ||
         at(pod, {"metadata", "deletionTimestamp"}) != nullptr ||
         (ready != nullptr && text_at(*ready, {"status"}) == "True");
}

base::Nanoseconds not_ready_for(const Object& pod, base::WallTime now) {
  const Value* ready = condition(pod, "Ready");
  const std::string_view since =
      ready != nullptr && !text_at(*ready, {"lastTransitionTime"}).empty()
          ? text_at(*ready, {"lastTransitionTime"})
          : text_at(pod, {"metadata", "creationTimestamp"});
  const auto time = base::parse_rfc3339(since);
  return time.ok() ? std::max(now - *time, base::Nanoseconds{}) : base::Nanoseconds{};
}

Found pod_cause(const Object& pod, const Surroundings& around, base::WallTime now) {
  if (is_done(pod)) return std::nullopt;
  Found found;
  for (const char* group : {"initContainerStatuses", "containerStatuses"})
    for (const Value& status : list_at(pod, {"status", group}))
      if (!found) found = container_cause(ref_of(pod), status);
  if (!found) found = scheduling_cause(pod, around);
  if (!found) found = event_cause(pod, around);
  if (!found) found = slow_cause(pod);
  found->lasting = not_ready_for(pod, now);
  return found;
}

// A refusal to create pods, as the API server worded it.
Diagnosis refusal(const Ref& owner, std::string_view message) {
  Diagnosis found{.cause = Cause::refused, .object = owner, .remedy = describe(owner)};
  const Failure failure = classify(message);
  std::string_view what = "pods cannot be created";
  if (failure == Failure::quota) {
    found.cause = Cause::quota;
    found.name = between(message, "exceeded quota: ", ",");
    what = "a ResourceQuota allows no more pods";
  } else if (failure == Failure::webhook || failure == Failure::refused) {
    found.cause = Cause::webhook;
    found.name = webhook_in(message).value_or("");
    what = "an admission webhook refuses pods";
  } else if (failure == Failure::policy) {
    found.cause = Cause::pod_security;
    found.name = quoted_after(message, "violates PodSecurity");
    what = "the namespace's Pod Security level forbids the pods";
  }
  found.message = std::string(what) + tail(message);
  if (failure != Failure::other && failure != Failure::forbidden)
    found.remedy = row_of(failure).remedy;
  return found;
}

// `past` also believes events, which outlive the trouble they tell of.
Found creation_cause(const Object& workload, const Surroundings& around, bool past) {
  std::vector<const Object*> makers = replica_sets_of(workload, around);
  if (makers.size() > 1) makers.resize(1);  // older ones complain about what was
  makers.push_back(&workload);
  for (const Object* maker : makers) {
    const Value* failure = condition(*maker, "ReplicaFailure");
    if (failure != nullptr && text_at(*failure, {"status"}) == "True")
      return refusal(ref_of(*maker), text_at(*failure, {"message"}));
    if (!past) continue;
    const auto warnings = warnings_about(ref_of(*maker), around.events);
    for (auto event = warnings.rbegin(); event != warnings.rend(); ++event)
      if (event->reason == "FailedCreate") return refusal(ref_of(*maker), event->message);
  }
  return std::nullopt;
}

}  // namespace

std::string_view cause_name(Cause cause) { return kCauseNames[static_cast<std::size_t>(cause)]; }

std::optional<std::string> webhook_in(std::string_view message) {
  for (std::string_view mark : {"calling webhook ", "admission webhook "}) {
    std::string name = quoted_after(message, mark);
    if (!name.empty()) return name;
  }
  return std::nullopt;
}

Found diagnose(const Object& workload, const Surroundings& around, base::WallTime now) {
  Found slow;
  bool any_pod = false;
  for (const Object* pod : pods_of(workload, around)) {
    Found found = pod_cause(*pod, around, now);
    any_pod = any_pod || !is_done(*pod);
    if (found && found->cause != Cause::slow) return found;
    if (found && !slow) slow = std::move(found);
  }
  if (auto refused = creation_cause(workload, around, !any_pod)) return refused;
  return slow;
}

}  // namespace weft::kube
