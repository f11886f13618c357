#include "lib/perf/pods.h"

#include <algorithm>
#include <map>
#include <thread>

#include "lib/base/format.h"
#include "lib/base/number.h"
#include "lib/base/parallel.h"
#include "lib/base/text.h"
#include "lib/perf/lease.h"
#include "lib/perf/worker.h"

namespace weft::perf {
namespace {

using base::Error;
using base::ExitCode;
using base::Nanoseconds;
using base::Result;
using namespace std::chrono_literals;

constexpr Nanoseconds kTick = 500ms;
constexpr Nanoseconds kLook = 5s;        // at the pods while they work: looking costs CPU
constexpr Nanoseconds kLead = 6s;        // an annotation takes a moment to become a file,
constexpr Nanoseconds kBeat = 1s;        // and the clocks we know are this old at most
constexpr Nanoseconds kLastWords = 20s;  // after the end, for results
constexpr Nanoseconds kStuck = 20s;      // a pod that waits for something no time will bring
constexpr Nanoseconds kSkew = 3s;        // between clocks of nodes
constexpr const char* kIndex = "batch.kubernetes.io/job-completion-index";

// A pod as the crew sees it.
struct Seen {
  std::string name;
  kube::Object pod;
  FrameReader reader;
  base::MonoTime read_at{};  // when its clock was read
};

const kube::Object* container_status(const kube::Object& pod) {
  for (const kube::Object& status : kube::list_at(pod, {"status", "containerStatuses"}))
    if (kube::text_at(status, {"name"}) == kWorkerContainer) return &status;
  return nullptr;
}

bool has_run(const kube::Object& pod) {
  const auto* status = container_status(pod);
  return status != nullptr && (kube::at(*status, {"state", "running"}) != nullptr ||
                               kube::at(*status, {"state", "terminated"}) != nullptr);
}

// Why nothing more will come from the pod; empty while it lives.
std::string end_of(const kube::Object& pod) {
  const auto* status = container_status(pod);
  if (status != nullptr && kube::at(*status, {"state", "terminated"}) != nullptr)
    return fmt::format(
        "its container ended with code {} ({})",
        kube::int_at(*status, {"state", "terminated", "exitCode"}),
        kube::text_at(*status, {"state", "terminated", "reason"}, "no reason given"));
  if (kube::text_at(pod, {"status", "phase"}) == "Failed")
    return fmt::format("its pod failed: {}",
                       kube::text_at(pod, {"status", "message"},
                                     kube::text_at(pod, {"status", "reason"}, "no reason given")));
  if (!kube::text_at(pod, {"metadata", "deletionTimestamp"}).empty()) return "its pod was deleted";
  return {};
}

// What keeps the pod from running, if anything is known.
std::string obstacle_of(const kube::Object& pod) {
  if (const auto* status = container_status(pod)) {
    const auto reason = kube::text_at(*status, {"state", "waiting", "reason"});
    if (!reason.empty() && reason != "ContainerCreating" && reason != "PodInitializing")
      return fmt::format("{}: {}", reason, kube::text_at(*status, {"state", "waiting", "message"}));
  }
  const auto* scheduled = kube::condition(pod, "PodScheduled");
  if (scheduled != nullptr && kube::text_at(*scheduled, {"status"}) == "False")
    return std::string(kube::text_at(*scheduled, {"message"}));
  return {};
}

bool all_containers_ready(const kube::Object& pod) {
  const auto statuses = kube::list_at(pod, {"status", "containerStatuses"});
  return !statuses.empty() && std::ranges::all_of(statuses, [](const kube::Object& status) {
    return kube::bool_at(status, {"ready"});
  });
}

class Watch {
 public:
  explicit Watch(const Pods& pods)
      : pods_(pods), crew_(pods.workers.count, pods.keep_documents), seen_(pods.workers.count) {}

  // The first pod of every index is the worker; one that replaces it is not.
  Result<void> look() {
    WEFT_TRY(found,
             pods_.cluster.list({.resource = "pods",
                                 .ns = pods_.workers.ns,
                                 .selector = fmt::format("{}={}", kRunLabel, pods_.workers.id)}));
    std::map<std::string, const kube::Object*, std::less<>> by_name;
    for (const kube::Object& pod : found) by_name[std::string(kube::name_of(pod))] = &pod;
    for (const kube::Object& pod : found) {
      std::string_view index = kube::annotation_of(pod, kIndex);
      if (index.empty()) index = kube::label_of(pod, kIndex);
      const auto number = base::parse_uint(index);
      if (!number || *number >= seen_.size()) continue;
      Seen& seen = seen_[*number];
      if (seen.name.empty()) seen.name = kube::name_of(pod);
    }
    for (unsigned i = 0; i < crew_.count(); ++i) {
      Seen& seen = seen_[i];
      const auto place = by_name.find(seen.name);
      if (place != by_name.end()) {
        seen.pod = *place->second;
      } else if (!seen.name.empty() && crew_.members()[i].gone.empty()) {
        crew_.members()[i].gone = "its pod was deleted";
      }
    }
    return {};
  }

  // Reads the logs of those that may have said something new, and notes who has ended.
  void read(bool results) {
    std::vector<unsigned> wanted;
    for (unsigned i = 0; i < crew_.count(); ++i) {
      const CrewMember& member = crew_.members()[i];
      if (member.settled() || !has_run(seen_[i].pod)) continue;
      if (results || !member.clock || !end_of(seen_[i].pod).empty()) wanted.push_back(i);
    }
    std::vector<std::string> logs(wanted.size());
    base::in_parallel(pods_.calls, wanted.size(), [&](std::size_t k) {
      logs[k] =
          pods_.cluster
              .raw(fmt::format("/api/v1/namespaces/{}/pods/{}/log?container={}&tailLines=1000",
                               pods_.workers.ns, seen_[wanted[k]].name, kWorkerContainer))
              .value_or({});
    });
    for (std::size_t k = 0; k < wanted.size(); ++k) take(wanted[k], logs[k]);
  }

  Crew& crew() { return crew_; }
  std::vector<Seen>& seen() { return seen_; }
  bool ready() const {
    return crew_.all_ready() && std::ranges::all_of(seen_, [](const Seen& one) {
             return all_containers_ready(one.pod);
           });
  }

  // Now, by the latest of the workers' clocks.
  base::WallTime workers_now() {
    base::WallTime latest{}, earliest = base::WallTime::max();
    const base::MonoTime now = pods_.clock.monotonic();
    for (unsigned i = 0; i < crew_.count(); ++i) {
      const base::WallTime one = *crew_.members()[i].clock + (now - seen_[i].read_at);
      latest = std::max(latest, one);
      earliest = std::min(earliest, one);
    }
    if (latest - earliest > kSkew)
      crew_.add_problem(fmt::format("the clocks of the workers' nodes seem to differ by {}",
                                    base::format_duration(latest - earliest)));
    return latest;
  }

  void order(std::string_view text) {
    base::in_parallel(pods_.calls, seen_.size(), [&](std::size_t i) {
      if (seen_[i].name.empty() || crew_.members()[i].settled()) return;
      // A worker that cannot be told is one that does not start, and is missing later on.
      const auto ref = kube::make_ref("v1", "Pod", pods_.workers.ns, seen_[i].name);
      static_cast<void>(
          pods_.cluster.annotate(ref, {{std::string(kOrdersAnnotation), std::string(text)}}));
    });
  }

 private:
  void take(unsigned index, std::string_view log) {
    Seen& seen = seen_[index];
    CrewMember& member = crew_.members()[index];
    for (const std::string_view line : base::split(log, '\n')) {
      auto message = seen.reader.take(line);
      if (!message) continue;
      if (message->worker != index) {
        crew_.add_problem(fmt::format("the pod of worker {} speaks as another", index + 1));
        continue;
      }
      if (message->kind == "ready") seen.read_at = pods_.clock.monotonic();
      crew_.take(*message);
    }
    if (member.settled() || end_of(seen.pod).empty()) return;
    const auto problems = seen.reader.problems();
    member.gone = problems.empty() ? end_of(seen.pod) : problems.back();
  }

  const Pods& pods_;
  Crew crew_;
  std::vector<Seen> seen_;
};

Result<void> check_rights(const Pods& pods) {
  const std::string& ns = pods.workers.ns;
  std::vector<kube::Access> needed{{"create", "batch", "jobs", ns}, {"patch", "batch", "jobs", ns},
                                   {"list", "batch", "jobs", ns},   {"delete", "batch", "jobs", ns},
                                   {"list", "", "pods", ns},        {"patch", "", "pods", ns},
                                   {"get", "", "pods/log", ns}};
  if (!pods.workers.files.empty())
    for (const char* verb : {"create", "patch", "delete"})
      needed.push_back({verb, "", "secrets", ns});
  WEFT_TRY(answers, pods.cluster.may(needed));
  std::vector<std::string> missing;
  for (std::size_t i = 0; i < needed.size(); ++i)
    if (!answers[i]) missing.push_back(fmt::format("{} {}", needed[i].verb, needed[i].resource));
  if (missing.empty()) return {};
  return Error{ExitCode::cluster,
               fmt::format("workers cannot be run in namespace {}: you may not {}", ns,
                           base::join(missing, ", ")),
               fmt::format("kubectl create role weft-load -n {} "
                           "--verb=create,get,list,patch,delete "
                           "--resource=jobs.batch,pods,pods/log,secrets, and bind it to your user",
                           ns)};
}

kube::Ref ref_of_job(const PodWorkers& workers) {
  return kube::make_ref("batch/v1", "Job", workers.ns, object_name(workers));
}
kube::Ref ref_of_secret(const PodWorkers& workers) {
  return kube::make_ref("v1", "Secret", workers.ns, object_name(workers));
}

void pause(const Pods& pods, Lease& lease, Nanoseconds time) {
  lease.renew();
  if (pods.sleep) return pods.sleep(time);
  std::this_thread::sleep_for(time);
}

Error why_not_started(const Pods& pods, Watch& watch) {
  const std::string& ns = pods.workers.ns;
  for (unsigned i = 0; i < watch.crew().count(); ++i) {
    const Seen& seen = watch.seen()[i];
    const std::string obstacle = obstacle_of(seen.pod);
    if (obstacle.empty()) continue;
    return Error{ExitCode::timeout, fmt::format("worker {} does not start: {}", i + 1, obstacle),
                 obstacle.find("mage") != std::string::npos
                     ? fmt::format("bring {} to the nodes (weft image export), or name it by "
                                   "--image",
                                   pods.workers.image)
                     : fmt::format("kubectl describe pod -n {} {}", ns, seen.name)};
  }
  const auto events =
      pods.cluster.list({.resource = "events",
                         .ns = ns,
                         .fields = "involvedObject.name=" + object_name(pods.workers)});
  std::string cause;
  if (events.ok())
    for (const kube::Object& event : *events)
      if (kube::text_at(event, {"type"}) == "Warning") cause = kube::text_at(event, {"message"});
  return Error{ExitCode::timeout, "the workers do not get ready",
               fmt::format("kubectl get pods -n {} -l {}={}", ns, kRunLabel, pods.workers.id)}
      .because(cause);
}

// Until all are ready; false when one is lost or we are asked to stop.
Result<bool> await_ready(const Pods& pods, Lease& lease, Watch& watch) {
  const base::MonoTime begin = pods.clock.monotonic();
  std::optional<base::MonoTime> stuck;
  for (;;) {
    WEFT_CHECK(watch.look());
    watch.read(false);
    if (pods.stop.requested() || watch.crew().any_settled()) return false;
    if (watch.ready()) return true;
    const base::MonoTime now = pods.clock.monotonic();
    const bool any = std::ranges::any_of(
        watch.seen(), [](const Seen& one) { return !obstacle_of(one.pod).empty(); });
    stuck = !any ? std::nullopt : stuck ? stuck : now;
    if (now - begin > pods.start_limit || (stuck && now - *stuck > kStuck))
      return why_not_started(pods, watch);
    pause(pods, lease, kTick);
  }
}

// Looks seldom while the load runs, and often when results are due.
Result<void> await_results(const Pods& pods, Lease& lease, Watch& watch, Nanoseconds until_start) {
  const base::MonoTime begin = pods.clock.monotonic();
  const base::MonoTime measured = begin + until_start + pods.plan.warmup;
  std::optional<base::MonoTime> due, limit;
  if (pods.plan.duration) due = measured + *pods.plan.duration;
  if (due) limit = *due + pods.plan.timeout + kLastWords;
  base::MonoTime next = begin;
  bool stopped = false;
  while (!watch.crew().all_settled()) {
    const base::MonoTime now = pods.clock.monotonic();
    if (limit && now > *limit) return {};
    if (pods.stop.requested() && !stopped) {
      stopped = true;
      watch.order(kStopOrder);
      due = now;
      limit = now + kLastWords;
    }
    const bool ending = due ? now >= *due : now >= measured;
    if (ending || now >= next) {
      WEFT_CHECK(watch.look());
      watch.read(ending);
      next = now + kLook;
    }
    pause(pods, lease, kTick);
  }
  return {};
}

Result<Crew> lead(const Pods& pods) {
  Watch watch(pods);
  Lease lease(pods.cluster, ref_of_job(pods.workers), pods.workers.lease, pods.clock);
  pods.tell(fmt::format("waiting for {} in namespace {}",
                        base::plural(pods.workers.count, "worker"), pods.workers.ns));
  WEFT_TRY(ready, await_ready(pods, lease, watch));
  if (!ready) {
    if (pods.stop.requested())
      return Error{ExitCode::interrupted, "interrupted before the workers began"};
    return std::move(watch.crew());
  }
  const Nanoseconds until_start = kLead + kBeat;
  watch.order(start_order(watch.workers_now() + until_start));
  pods.tell("the workers begin together");
  WEFT_CHECK(await_results(pods, lease, watch, until_start));
  return std::move(watch.crew());
}

// So that the cluster removes the Secret with the Job, should we not come to it.
void give_to_job(const Pods& pods, const kube::Objects& applied) {
  for (const kube::Object& object : applied) {
    if (kube::text_at(object, {"kind"}) != "Job" || pods.workers.files.empty()) continue;
    doc::Value owner;
    owner.set("apiVersion", "batch/v1").set("kind", "Job");
    owner.set("name", kube::name_of(object)).set("uid", kube::text_at(object, {"metadata", "uid"}));
    doc::Value patch;
    patch.set("metadata", doc::Value().set("ownerReferences", doc::Value().push(std::move(owner))));
    static_cast<void>(
        pods.cluster.patch(ref_of_secret(pods.workers), kube::PatchType::merge, patch));
  }
}

}  // namespace

Result<Crew> run_pods(const Pods& pods) {
  const PodWorkers& workers = pods.workers;
  WEFT_TRY(objects, worker_objects(workers));
  WEFT_CHECK(check_rights(pods));
  WEFT_TRY(left, remove_leftovers(pods.cluster, workers.ns, pods.root));
  if (left > 0)
    pods.tell(fmt::format("removed {} of a run that was killed", base::plural(left, "Job")));
  const auto applied = pods.cluster.apply(objects, {});
  if (applied.ok()) give_to_job(pods, *applied);
  auto crew = applied.ok() ? lead(pods) : Result<Crew>(applied.error());
  std::vector<kube::Ref> refs{ref_of_job(workers)};
  if (!workers.files.empty()) refs.push_back(ref_of_secret(workers));
  const auto removed = pods.cluster.remove(refs, {});
  if (crew.ok() && !removed.ok()) crew->add_problem(removed.error().message);
  return crew;
}

Result<std::size_t> remove_leftovers(kube::Cluster& cluster, const std::string& ns,
                                     const std::string& root) {
  const std::string selector = fmt::format("app.kubernetes.io/managed-by=weft,{}", kRunLabel);
  WEFT_TRY(jobs, cluster.list({.resource = "jobs.batch", .ns = ns, .selector = selector}));
  std::vector<kube::Ref> refs;
  std::size_t count = 0;
  for (const kube::Object& job : jobs) {
    if (!is_gone(root, kube::annotation_of(job, kOwnerAnnotation))) continue;
    ++count;
    refs.push_back(kube::ref_of(job));
    const bool files = std::ranges::any_of(
        kube::list_at(job, {"spec", "template", "spec", "volumes"}),
        [](const kube::Object& volume) { return kube::text_at(volume, {"name"}) == "files"; });
    if (files) refs.push_back(kube::make_ref("v1", "Secret", ns, kube::name_of(job)));
  }
  if (refs.empty()) return std::size_t{0};
  WEFT_CHECK(cluster.remove(refs, {}));
  return count;
}

}  // namespace weft::perf
