#include "lib/kube/wait.h"

#include <algorithm>
#include <map>
#include <set>
#include <thread>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/kube/errors.h"

namespace weft::kube {
namespace {

using base::Nanoseconds;
using base::Result;

constexpr int kLostCalls = 3;  // calls in a row that may fail before waiting is given up, and
constexpr Nanoseconds kAway = std::chrono::seconds(30);  // how long a server may be out of reach
// Pods and events are read this often: a cause need not be known within a second.
constexpr Nanoseconds kExplainEvery = std::chrono::seconds(3);
constexpr Nanoseconds kFirstExplanation = std::chrono::seconds(1);
// Most of what gets ready does so soon.
constexpr Nanoseconds kEagerFor = std::chrono::seconds(5);
constexpr Nanoseconds kEagerPoll = std::chrono::milliseconds(50);

bool has_pods(const Ref& ref) {
  return ref.group == "apps" || ref.group == "batch" || (ref.group.empty() && ref.kind == "Pod");
}

bool is_webhook(const Ref& ref) { return ref.group == "admissionregistration.k8s.io"; }

TargetState missing(const Ref& ref, std::string_view selector) {
  Readiness readiness{.state = State::waiting, .detail = "does not exist"};
  if (!selector.empty()) readiness.detail = fmt::format("nothing has the labels {}", selector);
  return {.ref = ref, .readiness = std::move(readiness)};
}

struct Seen {
  TargetState state;
  std::optional<Object> object;
};

Result<Objects> endpoint_slices(Cluster& cluster, const std::vector<Seen>& seen) {
  std::set<std::string, std::less<>> namespaces;
  for (const Seen& each : seen)
    if (each.object && is_webhook(each.state.ref))
      for (const doc::Value& webhook : list_at(*each.object, {"webhooks"}))
        namespaces.emplace(text_at(webhook, {"clientConfig", "service", "namespace"}));
  Objects slices;
  for (const std::string& ns : namespaces) {
    if (ns.empty()) continue;
    WEFT_TRY(found, cluster.list({.resource = "endpointslices.discovery.k8s.io", .ns = ns}));
    std::move(found.begin(), found.end(), std::back_inserter(slices));
  }
  return slices;
}

// Endpoints are read when their pods may be ready: a webhook has none before.
Result<void> judge(Cluster& cluster, std::vector<Seen>& seen) {
  bool webhooks_next = true;
  for (Seen& each : seen) {
    if (is_webhook(each.state.ref)) continue;
    if (each.object) each.state.readiness = readiness(*each.object);
    webhooks_next =
        webhooks_next && (each.state.optional || each.state.readiness.state == State::ready);
  }
  Objects slices;
  if (webhooks_next) {
    WEFT_TRY(found, endpoint_slices(cluster, seen));
    slices = std::move(found);
  }
  for (Seen& each : seen)
    if (each.object && is_webhook(each.state.ref))
      each.state.readiness = webhook_readiness(*each.object, slices);
  return {};
}

// The objects behind the targets: named ones with one call, each selector with its own.
Result<std::vector<Seen>> find(Cluster& cluster, const std::vector<Target>& targets) {
  std::vector<Ref> names;
  for (const Target& target : targets)
    if (!target.ref.name.empty()) names.push_back(target.ref);
  WEFT_TRY(named, cluster.get_each(names));
  std::vector<Seen> seen;
  std::size_t next = 0;
  for (const Target& target : targets) {
    if (!target.ref.name.empty()) {
      std::optional<Object>& object = named[next++];
      const bool there = object.has_value();
      seen.push_back(
          {there ? TargetState{.ref = target.ref} : missing(target.ref, {}), std::move(object)});
      seen.back().state.optional = target.optional;
      continue;
    }
    std::string resource = plural_of(target.ref.group, target.ref.kind);
    if (!target.ref.group.empty()) resource += '.' + target.ref.group;
    WEFT_TRY(found, cluster.list(
                        {.resource = resource, .ns = target.ref.ns, .selector = target.selector}));
    if (found.empty()) {
      seen.push_back({missing(target.ref, target.selector), std::nullopt});
      seen.back().state.optional = target.optional;
    }
    for (Object& object : found) {
      const Ref ref = ref_of(object);
      seen.push_back({TargetState{.ref = ref, .optional = target.optional}, std::move(object)});
    }
  }
  return seen;
}

Surroundings sorted(Objects objects) {
  Surroundings around;
  for (Object& object : objects) {
    const std::string_view kind = text_at(object, {"kind"});
    Objects* place = kind == "Pod"                     ? &around.pods
                     : kind == "ReplicaSet"            ? &around.replica_sets
                     : kind == "PersistentVolumeClaim" ? &around.claims
                                                       : &around.events;
    place->push_back(std::move(object));
  }
  return around;
}

// What cannot be read (rights) stays unexplained.
void explain_all(Cluster& cluster, std::vector<Seen>& seen, base::WallTime now) {
  std::map<std::string, Surroundings> by_namespace;
  for (Seen& each : seen) {
    if (!each.object || each.state.readiness.state == State::ready || !has_pods(each.state.ref))
      continue;
    const std::string& ns = each.state.ref.ns;
    if (!by_namespace.contains(ns)) {
      auto found = cluster.list(
          {.resource = "pods,replicasets.apps,persistentvolumeclaims,events", .ns = ns});
      by_namespace[ns] = found.ok() ? sorted(std::move(*found)) : Surroundings{};
    }
    each.state.diagnosis = diagnose(*each.object, by_namespace[ns], now);
    each.state.warnings = last_warnings(*each.object, by_namespace[ns]);
  }
}

// One wait: looks until the question is settled. `Look` gives the states of all targets; whether
// it should explain them is its argument.
class Loop {
 public:
  explicit Loop(const WaitOptions& options)
      : options_(options),
        began_(options.clock.monotonic()),
        explain_at_(began_ + kFirstExplanation) {}

  template <typename Look>
  Result<WaitReport> run(Look look_once) {
    WaitReport report;
    int lost = 0;
    base::MonoTime answered = began_;
    for (;;) {
      const base::MonoTime start = options_.clock.monotonic();
      const bool last = start >= options_.deadline;
      const bool explain = last || start >= explain_at_;
      if (explain) explain_at_ = start + kExplainEvery;
      auto states = look_once(explain);
      if (states.ok()) {
        lost = 0;
        answered = start;
        keep_explanations(report.targets, *states, explain);
        report.targets = std::move(*states);
        if (options_.progress) options_.progress(report.targets);
        if (settled(report, last)) return report;
      } else if (is_stopped()) {
        report.end = WaitEnd::interrupted;
        return report;
      } else if (++lost >= kLostCalls && !may_come_back(states.error(), start - answered)) {
        return std::move(states).error();
      }
      report.end = is_stopped() ? WaitEnd::interrupted : WaitEnd::timeout;
      if (is_stopped() || last) return report;
      pause();
    }
  }

 private:
  // A server that restarts, or is too busy to answer, is back in a while.
  static bool may_come_back(const base::Error& error, Nanoseconds away) {
    return failure_of(error) == Failure::unreachable && away < kAway;
  }

  bool is_stopped() const { return options_.stop != nullptr && options_.stop->requested(); }

  // Between explanations the last one is shown.
  static void keep_explanations(const std::vector<TargetState>& before,
                                std::vector<TargetState>& now, bool explained) {
    if (explained) return;
    for (TargetState& state : now) {
      const auto same = std::find_if(before.begin(), before.end(), [&](const TargetState& each) {
        return each.ref.same_object(state.ref);
      });
      if (same == before.end() || state.readiness.state == State::ready) continue;
      state.diagnosis = same->diagnosis;
      state.warnings = same->warnings;
    }
  }

  bool settled(WaitReport& report, bool last) {
    bool all = true, optional = true;
    for (const TargetState& state : report.targets) {
      const bool ready = state.readiness.state == State::ready;
      if (state.optional) {
        optional = optional && ready;
        continue;
      }
      all = all && ready;
      const bool lost = state.readiness.state == State::failed || is_hopeless(state);
      if (!lost) continue;
      report.end = WaitEnd::hopeless;
      return true;
    }
    if (!all) {
      ready_since_.reset();
      return false;
    }
    const base::MonoTime now = options_.clock.monotonic();
    if (!ready_since_) ready_since_ = now;
    if (!optional && !last && now - *ready_since_ < options_.patience) return false;
    report.end = WaitEnd::ready;
    return true;
  }

  // Lasting is measured here: clocks of cluster and machine may differ.
  bool is_hopeless(const TargetState& state) {
    const std::string key = state.ref.text();
    if (!state.diagnosis || !state.diagnosis->hopeless) {
      hopeless_since_.erase(key);
      return false;
    }
    const base::MonoTime now = options_.clock.monotonic();
    const auto [at, first] = hopeless_since_.emplace(key, now);
    return now - at->second >= options_.hopeless_after;
  }

  void pause() const {
    const base::MonoTime now = options_.clock.monotonic();
    const Nanoseconds poll =
        now - began_ < kEagerFor ? std::min(kEagerPoll, options_.poll) : options_.poll;
    kube::pause(options_, std::clamp(Nanoseconds(options_.deadline - now), Nanoseconds{}, poll));
  }

  const WaitOptions& options_;
  const base::MonoTime began_;
  base::MonoTime explain_at_;
  std::optional<base::MonoTime> ready_since_;  // all but optional ones
  std::map<std::string, base::MonoTime> hopeless_since_;
};

TargetState still_there(const Ref& ref, const Object& object) {
  std::vector<std::string> finalizers;
  for (const doc::Value& finalizer : list_at(object, {"metadata", "finalizers"}))
    if (finalizer.is_string()) finalizers.push_back(finalizer.string());
  TargetState state{.ref = ref, .readiness = {.state = State::waiting, .detail = "still exists"}};
  if (!finalizers.empty())
    state.readiness.detail = "waits for finalizer " + base::join(finalizers, ", ");
  return state;
}

}  // namespace

std::string TargetState::text() const {
  std::string text = ref.name.empty() ? fmt::format("{} in {}", ref.kind, ref.ns) : ref.text();
  if (!readiness.detail.empty()) text += ' ' + readiness.detail;
  if (diagnosis && diagnosis->cause != Cause::slow) text += ": " + diagnosis->message;
  return text;
}

std::vector<const TargetState*> WaitReport::not_ready() const {
  std::vector<const TargetState*> found;
  for (const TargetState& state : targets)
    if (state.readiness.state != State::ready) found.push_back(&state);
  return found;
}

std::optional<base::Error> WaitReport::error() const {
  using base::ExitCode;
  if (ready()) return std::nullopt;
  if (end == WaitEnd::interrupted) return base::Error{ExitCode::interrupted, "waiting was stopped"};
  auto left = not_ready();
  std::erase_if(left, [](const TargetState* state) { return state->optional; });
  if (left.empty()) return base::Error{ExitCode::timeout, "nothing was seen in time"};
  const TargetState& first = *left.front();
  base::Error error{ExitCode::timeout, "not ready: " + first.text()};
  if (left.size() > 1) error.message += fmt::format(" (and {} more)", left.size() - 1);
  error.remedy = first.diagnosis ? first.diagnosis->remedy
                                 : fmt::format("see more: kubectl get {} -n {}",
                                               base::lower(first.ref.kind), first.ref.ns);
  error.cause = base::join(first.warnings, "\n");
  return error;
}

void pause(const WaitOptions& options, Nanoseconds time) {
  if (options.sleep) return options.sleep(time);
  constexpr Nanoseconds kSlice = std::chrono::milliseconds(50);
  const auto stopped = [&] { return options.stop != nullptr && options.stop->requested(); };
  for (; time > Nanoseconds{} && !stopped(); time -= kSlice)
    std::this_thread::sleep_for(std::min(time, kSlice));
}

Result<std::vector<TargetState>> look(Cluster& cluster, const std::vector<Target>& targets,
                                      base::WallTime now, bool explain) {
  WEFT_TRY(seen, find(cluster, targets));
  WEFT_CHECK(judge(cluster, seen));
  if (explain) explain_all(cluster, seen, now);
  std::vector<TargetState> states;
  states.reserve(seen.size());
  for (Seen& each : seen) states.push_back(std::move(each.state));
  return states;
}

Result<WaitReport> wait(Cluster& cluster, const std::vector<Target>& targets,
                        const WaitOptions& options) {
  return Loop(options).run(
      [&](bool explain) { return look(cluster, targets, options.clock.wall(), explain); });
}

Result<WaitReport> wait_gone(Cluster& cluster, const std::vector<Ref>& refs,
                             const WaitOptions& options) {
  return Loop(options).run([&](bool) -> Result<std::vector<TargetState>> {
    WEFT_TRY(found, cluster.get_each(refs));
    std::vector<TargetState> states;
    for (std::size_t i = 0; i < refs.size(); ++i)
      states.push_back(found[i] ? still_there(refs[i], *found[i]) : TargetState{.ref = refs[i]});
    return states;
  });
}

}  // namespace weft::kube
