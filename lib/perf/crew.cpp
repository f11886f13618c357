#include "lib/perf/crew.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "lib/base/format.h"
#include "lib/base/id.h"
#include "lib/doc/decode.h"
#include "lib/doc/read.h"
#include "lib/doc/write.h"
#include "lib/load/schedule.h"
#include "lib/perf/results.h"
#include "lib/smp/run_json.h"

namespace weft::perf {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;

Message message_of(std::string_view kind, unsigned worker, const doc::Value& document) {
  return {std::string(kind), worker, doc::write_json(document, 0)};
}

std::int64_t count_of(base::WallTime time) { return time.time_since_epoch().count(); }

void read_ready(doc::Fields& in, CrewMember& member) {
  std::int64_t now_ns = 0;
  in.need("now_ns", now_ns);
  member.clock = base::WallTime(base::Nanoseconds(now_ns));
}

void read_progress(doc::Fields& in, CrewMember& member) {
  load::Progress now;
  std::int64_t elapsed_ns = 0;
  in.get("elapsed_ns", elapsed_ns).get("completed", now.completed).get("errors", now.errors);
  in.get("in_flight", now.in_flight).get("qps", now.recent_qps);
  in.get("p50_ns", now.p50_ns).get("p99_ns", now.p99_ns);
  now.elapsed = base::Nanoseconds(elapsed_ns);
  member.progress = now;
}

void read_failed(doc::Fields& in, CrewMember& member) {
  std::int64_t code = 0;
  Error error(ExitCode::tool, "");
  in.get("code", code).get("message", error.message).get("remedy", error.remedy);
  in.get("cause", error.cause);
  for (const auto& row : base::exit_codes())
    if (static_cast<std::int64_t>(row.code) == code) error.code = row.code;
  member.failure = std::move(error);
}

Result<void> read(const Message& message, CrewMember& member) {
  const std::string name = fmt::format("{} of worker {}", message.kind, message.worker);
  WEFT_TRY(document, doc::read_json(doc::Source(name, message.payload)));
  doc::Fields in(document, doc::Unknown::ignored);
  if (message.kind == "ready") read_ready(in, member);
  if (message.kind == "progress") read_progress(in, member);
  if (message.kind == "failed") read_failed(in, member);
  return in.done();
}

std::string worker_name(unsigned worker) { return fmt::format("worker {}", worker + 1); }

// Histograms are a quarter of a megabyte each.
smp::Run without_times(const smp::Run& run) {
  smp::Run out;
  out.id = run.id;
  out.name = run.name;
  out.started = run.started;
  out.ended = run.ended;
  out.setup = run.setup;
  out.counts = run.counts;
  out.generator = run.generator;
  return out;
}

std::string why_missing(const CrewMember& member) {
  if (member.failure) return member.failure->message;
  return member.gone.empty() ? "it was not heard of again" : member.gone;
}

// Why what the workers did is not one measurement.
std::vector<std::string> faults_of(const Crew& crew) {
  std::vector<std::string> faults;
  for (unsigned i = 0; i < crew.count(); ++i)
    if (!crew.members()[i].run)
      faults.push_back(fmt::format("worker {} of {} gave no result: {}", i + 1, crew.count(),
                                   why_missing(crew.members()[i])));
  return faults;
}

// Those that were stopped because another one failed do not tell why.
Error why_nothing(const Crew& crew, const std::vector<std::string>& faults) {
  const Error* stopped = nullptr;
  std::string lost;
  for (unsigned i = 0; i < crew.count(); ++i) {
    const auto& failure = crew.members()[i].failure;
    if (failure && failure->code != ExitCode::interrupted) return *failure;
    if (failure) stopped = &*failure;
    if (!failure && lost.empty()) lost = faults[i];
  }
  if (lost.empty() && stopped != nullptr) return *stopped;
  return Error{ExitCode::tool, "no worker gave a result"}.because(lost);
}

// Workers that begin at different times ask less at the ends than they should.
std::string apart(const Crew& crew) {
  constexpr double kTolerated = 0.02, kAlways = 0.05;  // of the time; seconds
  std::optional<base::WallTime> first, last, end;
  for (const CrewMember& member : crew.members()) {
    const auto& run = member.run;
    if (!run || !run->started || !run->ended) continue;
    first = first ? std::min(*first, *run->started) : *run->started;
    last = last ? std::max(*last, *run->started) : *run->started;
    end = end ? std::max(*end, *run->ended) : *run->ended;
  }
  if (!first) return {};
  const double spread = std::chrono::duration<double>(*last - *first).count();
  const double whole = std::chrono::duration<double>(*end - *first).count();
  if (spread <= kAlways || spread <= kTolerated * whole) return {};
  return fmt::format("the workers began {} apart", base::format_latency(spread * 1e9));
}

// What the plan of all says, instead of sums and what the parts have in common.
void say_whole(const Spec& spec, const load::Plan& plan, unsigned workers, smp::Run& run) {
  run.name = spec.name;
  run.labels = spec.labels;
  run.mesh = spec.mesh;
  run.setup.requested_qps = plan.qps;
  run.setup.requests = plan.requests;
  run.setup.connections = plan.connections;
  if (run.setup.max_connections) run.setup.max_connections = plan.max_connections;
  run.setup.seed = plan.qps ? plan.seed : std::nullopt;
  run.setup.duration = plan.duration;
  run.environment.facts["workers"] = fmt::format("{}", workers);
  run.id = base::new_id(run.started.value_or(base::WallTime{}));
  run.test_id = spec.test_id.empty() ? run.id + "-test" : spec.test_id;
  run.env_id = run.id + "-env";
  run.mesh_config_id = run.mesh.type.empty() ? "" : run.id + "-mesh";
}

}  // namespace

void Crew::take(const Message& message) {
  if (message.worker >= members_.size())
    return add_problem(fmt::format("there is no worker {}", message.worker + 1));
  CrewMember& member = members_[message.worker];
  const auto done = message.kind == "result" ? take_result(message) : read(message, member);
  if (!done.ok()) add_problem(done.error().message);
}

Result<void> Crew::take_result(const Message& message) {
  const unsigned worker = message.worker;
  CrewMember& member = members_[worker];
  if (member.run)
    return Error{ExitCode::input, fmt::format("{} has two results", worker_name(worker))};
  const std::string name = fmt::format("result of worker {}", worker);
  WEFT_TRY(document, doc::read_json(doc::Source(name, message.payload)));
  WEFT_TRY(run, smp::run_from_json(document));
  run.name = worker_name(worker);
  member.run = without_times(run);
  if (keep_documents_) member.document = message.payload;
  if (!merged_.ok()) return {};
  if (!first_ && merger_.count() == 0) {
    first_ = std::move(run);
    return {};
  }
  if (first_) merged_ = merger_.add(*std::exchange(first_, {}));
  if (merged_.ok()) merged_ = merger_.add(std::move(run));
  return {};
}

std::optional<Result<smp::Run>> Crew::take_sum() {
  if (!merged_.ok()) return Result<smp::Run>(merged_.error());
  if (first_) return Result<smp::Run>(*std::exchange(first_, {}));
  if (merger_.count() == 0) return std::nullopt;
  return merger_.finish();
}

bool Crew::all_ready() const {
  return std::ranges::all_of(members_, [](const CrewMember& one) { return one.clock.has_value(); });
}

bool Crew::all_settled() const { return std::ranges::all_of(members_, &CrewMember::settled); }
bool Crew::any_settled() const { return std::ranges::any_of(members_, &CrewMember::settled); }

base::WallTime Crew::latest_clock() const {
  base::WallTime latest{};
  for (const CrewMember& one : members_) latest = std::max(latest, one.clock.value_or(latest));
  return latest;
}

load::Progress Crew::progress() const {
  load::Progress sum;
  for (const CrewMember& one : members_) {
    if (!one.progress) continue;
    sum.elapsed = sum.elapsed.count() == 0 ? one.progress->elapsed
                                           : std::max(sum.elapsed, one.progress->elapsed);
    sum.completed += one.progress->completed;
    sum.errors += one.progress->errors;
    sum.in_flight += one.progress->in_flight;
    sum.recent_qps += one.progress->recent_qps;
    sum.p50_ns = std::max(sum.p50_ns, one.progress->p50_ns);
    sum.p99_ns = std::max(sum.p99_ns, one.progress->p99_ns);
  }
  return sum;
}

Message ready_message(unsigned worker, base::WallTime now) {
  return message_of("ready", worker, doc::Value().set("now_ns", count_of(now)));
}

Message progress_message(unsigned worker, const load::Progress& now) {
  doc::Value out;
  out.set("elapsed_ns", std::int64_t{now.elapsed.count()}).set("completed", now.completed);
  out.set("errors", now.errors).set("in_flight", now.in_flight).set("qps", now.recent_qps);
  out.set("p50_ns", now.p50_ns).set("p99_ns", now.p99_ns);
  return message_of("progress", worker, out);
}

Message result_message(unsigned worker, const smp::Run& run) {
  return {"result", worker, run_document(run, kMaxWorkerBytes)};
}

Message failed_message(unsigned worker, const Error& error) {
  doc::Value out;
  out.set("code", static_cast<int>(error.code)).set("message", error.message);
  out.set("remedy", error.remedy).set("cause", error.cause);
  return message_of("failed", worker, out);
}

Result<load::Plan> part_of(load::Plan plan, load::Part part) {
  const auto few = [&](std::string_view what, std::uint64_t number, std::string_view flag) {
    return Error{ExitCode::usage,
                 fmt::format("{} {} are too few for {} workers", number, what, part.count),
                 fmt::format("raise {}, or take fewer workers", flag)};
  };
  if (plan.connections < part.count) return few("connections", plan.connections, "--connections");
  if (plan.requests && *plan.requests < part.count)
    return few("requests", *plan.requests, "--requests");
  const auto share = [&](unsigned all) {
    return static_cast<unsigned>(load::share_of(all, part.index, part.count));
  };
  plan.threads = std::min(std::max(plan.threads, 1u), plan.connections / part.count);
  plan.max_connections = std::max(share(plan.connections), share(plan.max_connections));
  plan.connections = share(plan.connections);
  plan.part = part;
  return plan;
}

Result<smp::Run> combine(const Spec& spec, const load::Plan& plan, Crew crew) {
  const std::vector<std::string> faults = faults_of(crew);
  auto sum = crew.take_sum();
  if (!sum) return why_nothing(crew, faults);
  const std::string late = apart(crew);
  WEFT_TRY(whole, *std::move(sum));
  say_whole(spec, plan, crew.count(), whole);
  smp::Generator& generator = whole.generator;
  if (!faults.empty()) generator.verdict = smp::Verdict::invalid;
  if (!late.empty()) {
    generator.verdict = std::max(generator.verdict, smp::Verdict::suspect);
    generator.reasons.insert(generator.reasons.begin(), late);
  }
  generator.reasons.insert(generator.reasons.begin(), faults.begin(), faults.end());
  for (const std::string& problem : crew.problems()) whole.warnings.push_back(problem);
  return whole;
}

}  // namespace weft::perf
