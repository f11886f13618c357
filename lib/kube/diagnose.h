// Why a workload does not get ready: its pods, ReplicaSets, claims and events read for the first
// cause a person can act on.
//
//   const auto found = kube::diagnose(deployment, {pods, replica_sets, claims, events}, now);
//   if (found) print(found->object.text(), found->message, found->remedy);
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/clock.h"
#include "lib/base/number.h"
#include "lib/kube/object.h"

namespace weft::kube {

enum class Cause {
  image_pull,
  invalid_image,
  crash_loop,
  bad_config,  // CreateContainerConfigError: a ConfigMap, Secret or key is missing
  cannot_run,  // CreateContainerError, RunContainerError
  unschedulable,
  unbound_claim,
  volume,  // a volume cannot be mounted
  quota,
  pod_security,  // the namespace's Pod Security level forbids the pod
  webhook,       // an admission webhook is in the way of new pods
  refused,       // pods cannot be created for another reason
  probe,         // runs, but its readiness probe fails
  slow           // pulling or starting
};

struct Diagnosis {
  Cause cause = Cause::slow;
  Ref object;                   // the pod, ReplicaSet or claim that tells it
  std::string name;             // what is at fault: the image, webhook, claim, quota or container
  std::string message;          // one line: "image x cannot be pulled: not found"
  std::string remedy;           // "see more: kubectl describe pod -n istio-system istiod-abc"
  base::Nanoseconds lasting{};  // as far as known
  bool hopeless = false;        // waiting longer does not help: see wait.h
};

std::string_view cause_name(Cause cause);  // "image-pull": stable, for programs

// What stands around a workload in its namespace; more than its own does no harm.
struct Surroundings {
  Objects pods;
  Objects replica_sets;
  Objects claims;
  Objects events;
};

// Absent when nothing is known to be wrong.
std::optional<Diagnosis> diagnose(const Object& workload, const Surroundings& around,
                                  base::WallTime now);

// The last Warning events about the workload, its ReplicaSets and pods, newest last:
// "FailedCreate ReplicaSet istiod-5d: ... (4 times)".
std::vector<std::string> last_warnings(const Object& workload, const Surroundings& around,
                                       std::size_t limit = 3);

// The admission webhook that a refusal names: "sidecar-injector.istio.io".
std::optional<std::string> webhook_in(std::string_view message);

}  // namespace weft::kube
