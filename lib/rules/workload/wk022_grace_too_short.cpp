#include "lib/base/format.h"
#include "lib/base/number.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

// Seconds that the proxy takes its time for when the pod ends, with the value that says so.
struct Drain {
  const Value* value = nullptr;
  double seconds = 0;
  std::string_view what;
};

// Every pod may have one, so none may cost much.
constexpr doc::Limits kSmall{.depth = 20, .nodes = 5'000, .alias_bytes = 1u << 20};

// Of the annotation proxy.istio.io/config, which is YAML of its own.
Drain istio_drain(const Workload& workload) {
  const Value* config = get(workload.annotations(), "proxy.istio.io/config");
  if (text(config).empty()) return {};
  const auto read = doc::read(doc::Source("proxy.istio.io/config", config->string()), kSmall);
  if (!read.ok()) return {};
  const auto drain = base::parse_duration(text(get(&read->root, "terminationDrainDuration")));
  if (!drain.ok()) return {};
  return {config, std::chrono::duration<double>(*drain).count(), "terminationDrainDuration"};
}

Drain seconds_in(const Workload& workload, std::string_view annotation) {
  const Value* value = get(workload.annotations(), annotation);
  const auto seconds = base::parse_double(scalar_text(value));
  return seconds ? Drain{value, *seconds, annotation} : Drain{};
}

void check(const Inventory& in, Report& out) {
  for (const Workload& workload : in.workloads()) {
    constexpr std::int64_t kDefault = 30;  // of Kubernetes
    const auto grace =
        integer(get(workload.pod, "terminationGracePeriodSeconds")).value_or(kDefault);
    for (const Drain& drain :
         {istio_drain(workload),
          seconds_in(workload, "config.alpha.linkerd.io/proxy-wait-before-exit-seconds"),
          seconds_in(
              workload,
              "consul.hashicorp.com/sidecar-proxy-lifecycle-shutdown-grace-period-seconds")}) {
      if (drain.value == nullptr || drain.seconds <= static_cast<double>(grace)) continue;
      out.add(*workload.resource, drain.value,
              fmt::format("{} is {} s, but the pod is killed after {} s", drain.what, drain.seconds,
                          grace))
          .with("setting", drain.what);
    }
  }
}

}  // namespace

Rule wk022() {
  return {.id = "WK022",
          .slug = "grace-too-short",
          .severity = Severity::info,
          .mesh = "all",
          .category = "onboarding",
          .title = "a pod is killed before its proxy has drained",
          .why = "Requests still under way when the time is up are cut off at every rollout.",
          .remedy = "set terminationGracePeriodSeconds a few seconds longer than the drain",
          .check = check};
}

}  // namespace weft::rules
