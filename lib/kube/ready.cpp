#include "lib/kube/ready.h"

#include <algorithm>
#include <cmath>

#include "lib/base/format.h"
#include "lib/base/number.h"
#include "lib/base/text.h"

namespace weft::kube {
namespace {

Readiness waiting(std::string detail) {
  return {.state = State::waiting, .detail = std::move(detail)};
}

Readiness failed(std::string detail) {
  return {.state = State::failed, .detail = std::move(detail)};
}

// Pods counted by a workload: `have` of `want` do what `doing` says.
Readiness counted(std::int64_t have, std::int64_t want, std::string_view doing) {
  Readiness result;
  result.have = static_cast<int>(have);
  result.want = static_cast<int>(want);
  result.state = have >= want ? State::ready : State::waiting;
  result.detail = fmt::format("{}/{} {}", have, want, doing);
  return result;
}

bool is_observed(const Object& object) {
  return int_at(object, {"status", "observedGeneration"}) >=
         int_at(object, {"metadata", "generation"});
}

bool is_true(const doc::Value* condition) {
  return condition != nullptr && text_at(*condition, {"status"}) == "True";
}

// The message of a condition, else its reason.
std::string message_of(const doc::Value& condition) {
  return std::string(text_at(condition, {"message"}, text_at(condition, {"reason"})));
}

Readiness by_condition(const Object& object, std::string_view type) {
  const doc::Value* found = condition(object, type);
  if (is_true(found)) return {};
  std::string detail = fmt::format("not {}", type);
  if (found != nullptr && !message_of(*found).empty()) detail += ": " + message_of(*found);
  return waiting(std::move(detail));
}

Readiness deployment(const Object& object) {
  const std::int64_t want = int_at(object, {"spec", "replicas"}, 1);
  const std::int64_t updated = int_at(object, {"status", "updatedReplicas"});
  const std::int64_t available = int_at(object, {"status", "availableReplicas"});
  const auto old = static_cast<std::size_t>(
      std::max<std::int64_t>(0, int_at(object, {"status", "replicas"}) - updated));
  Readiness result = counted(available, want, "available");
  if (!is_observed(object)) {
    result.state = State::waiting;
    result.detail = "change not seen by its controller yet";
  } else if (updated < want) {
    result.state = State::waiting;
    result.detail = fmt::format("{}/{} updated", updated, want);
  } else if (old > 0) {
    // Those that are available may be the old ones.
    result.state = State::waiting;
    result.detail = fmt::format("{} not replaced yet", base::plural(old, "old pod"));
  }
  const doc::Value* progressing = condition(object, "Progressing");
  if (progressing != nullptr && text_at(*progressing, {"status"}) == "False") {
    // Also a Deployment whose old pods all serve is not done then.
    result.state = State::waiting;
    result.detail += ": " + message_of(*progressing);
  }
  return result;
}

Readiness stateful_set(const Object& object) {
  const std::int64_t want = int_at(object, {"spec", "replicas"}, 1);
  Readiness result = counted(int_at(object, {"status", "readyReplicas"}), want, "ready");
  if (!is_observed(object)) {
    result.state = State::waiting;
    result.detail = "change not seen by its controller yet";
    return result;
  }
  if (text_at(object, {"spec", "updateStrategy", "type"}) == "OnDelete") return result;
  const std::int64_t partition =
      int_at(object, {"spec", "updateStrategy", "rollingUpdate", "partition"});
  const std::int64_t to_update = std::max<std::int64_t>(0, want - partition);
  const std::int64_t updated = int_at(object, {"status", "updatedReplicas"});
  const bool one_revision = partition > 0 || text_at(object, {"status", "currentRevision"}) ==
                                                 text_at(object, {"status", "updateRevision"});
  if (result.state == State::ready && (updated < to_update || !one_revision)) {
    result.state = State::waiting;
    result.detail = fmt::format("{}/{} updated", std::min(updated, to_update), to_update);
  }
  return result;
}

// maxUnavailable is a number or a percentage, which is rounded up.
std::int64_t max_unavailable(const Object& object, std::int64_t desired) {
  const doc::Value* value =
      at(object, {"spec", "updateStrategy", "rollingUpdate", "maxUnavailable"});
  if (value == nullptr) return 1;
  if (value->is_int()) return value->integer();
  if (!value->is_string() || !value->string().ends_with('%')) return 0;
  const std::string_view digits(value->string().begin(), value->string().size() - 1);
  const auto percent = base::parse_uint(digits).value_or(0);
  return (desired * static_cast<std::int64_t>(std::min<std::uint64_t>(percent, 100)) + 99) / 100;
}

Readiness daemon_set(const Object& object) {
  const std::int64_t desired = int_at(object, {"status", "desiredNumberScheduled"});
  const std::int64_t available = int_at(object, {"status", "numberAvailable"});
  if (!is_observed(object)) return waiting("change not seen by its controller yet");
  Readiness result = counted(available, desired, "available");
  if (desired == 0) {
    result.warning = "no node matches";
    return result;
  }
  const bool on_delete = text_at(object, {"spec", "updateStrategy", "type"}) == "OnDelete";
  const std::int64_t updated = int_at(object, {"status", "updatedNumberScheduled"});
  // One node is no reason to call nothing ready: a tolerance that covers all of them is none.
  const std::int64_t tolerated = std::min(max_unavailable(object, desired), desired - 1);
  result.state = available >= desired - tolerated ? State::ready : State::waiting;
  if (!on_delete && updated < desired) {
    result.state = State::waiting;
    result.detail = fmt::format("{}/{} updated", updated, desired);
  }
  return result;
}

Readiness job(const Object& object) {
  if (is_true(condition(object, "Complete"))) return {};
  const doc::Value* failure = condition(object, "Failed");
  if (is_true(failure)) return failed("failed: " + message_of(*failure));
  return waiting(fmt::format("{}/{} succeeded", int_at(object, {"status", "succeeded"}),
                             int_at(object, {"spec", "completions"}, 1)));
}

Readiness pod(const Object& object) {
  const std::string_view phase = text_at(object, {"status", "phase"});
  if (phase == "Succeeded") return {};
  if (phase == "Failed")
    return failed(std::string(text_at(object, {"status", "reason"}, "failed")));
  return by_condition(object, "Ready");
}

Readiness phase_is(const Object& object, std::string_view wanted) {
  const std::string_view phase = text_at(object, {"status", "phase"}, "Pending");
  return phase == wanted ? Readiness{} : waiting(fmt::format("{}", phase));
}

Readiness crd(const Object& object) {
  const doc::Value* names = condition(object, "NamesAccepted");
  if (names != nullptr && text_at(*names, {"status"}) == "False")
    return failed("names not accepted: " + message_of(*names));
  return by_condition(object, "Established");
}

struct Rule {
  std::string_view group;
  std::string_view kind;
  Readiness (*evaluate)(const Object&);
};
constexpr Rule kRules[] = {
    {"apps", "Deployment", deployment},
    {"apps", "StatefulSet", stateful_set},
    {"apps", "DaemonSet", daemon_set},
    {"batch", "Job", job},
    {"", "Pod", pod},
    {"", "PersistentVolumeClaim", [](const Object& o) { return phase_is(o, "Bound"); }},
    {"", "Namespace",
     [](const Object& o) {
       return text_at(o, {"status", "phase"}) == "Terminating" ? waiting("Terminating")
                                                               : Readiness{};
     }},
    {"apiextensions.k8s.io", "CustomResourceDefinition", crd},
    {"apiregistration.k8s.io", "APIService",
     [](const Object& o) { return by_condition(o, "Available"); }},
};

bool has_ready_endpoint(const Objects& slices, std::string_view ns, std::string_view service) {
  for (const Object& slice : slices) {
    if (namespace_of(slice) != ns || label_of(slice, "kubernetes.io/service-name") != service)
      continue;
    for (const doc::Value& endpoint : list_at(slice, {"endpoints"}))
      if (bool_at(endpoint, {"conditions", "ready"}, true)) return true;
  }
  return false;
}

}  // namespace

Readiness readiness(const Object& object) {
  const Ref ref = ref_of(object);
  for (const Rule& rule : kRules)
    if (rule.group == ref.group && rule.kind == ref.kind) return rule.evaluate(object);
  return {};
}

Readiness webhook_readiness(const Object& configuration, const Objects& slices) {
  for (const doc::Value& webhook : list_at(configuration, {"webhooks"})) {
    const std::string_view name = text_at(webhook, {"name"});
    if (text_at(webhook, {"clientConfig", "caBundle"}).empty())
      return waiting(fmt::format("caBundle of webhook {} is empty", name));
    const std::string_view service = text_at(webhook, {"clientConfig", "service", "name"});
    const std::string_view ns = text_at(webhook, {"clientConfig", "service", "namespace"});
    if (!service.empty() && !has_ready_endpoint(slices, ns, service))
      return waiting(
          fmt::format("webhook {}: Service {}/{} has no ready endpoint", name, ns, service));
  }
  return {};
}

}  // namespace weft::kube
