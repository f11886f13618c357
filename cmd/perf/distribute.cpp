#include "cmd/perf/distribute.h"

#include <algorithm>
#include <filesystem>

#include "cmd/perf/live.h"
#include "lib/base/cpus.h"
#include "lib/base/format.h"
#include "lib/base/id.h"
#include "lib/perf/crew.h"
#include "lib/perf/processes.h"

namespace weft::cmd {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;

// Gone at the end with what is in it.
class Folder {
 public:
  explicit Folder(const std::string& name)
      : path_((std::filesystem::temp_directory_path() / name).string()) {
    std::filesystem::create_directories(path_);
  }
  ~Folder() {
    std::error_code none;
    std::filesystem::remove_all(path_, none);
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

Result<std::string> own_path() {
  std::error_code failed;
  const auto path = std::filesystem::read_symlink("/proc/self/exe", failed);
  if (failed)
    return base::system_error(ExitCode::tool, "cannot find the program itself", failed.value());
  return path.string();
}

// What each worker is told. It reads the same flags and makes the same plan of the whole; threads
// and the seed must be the same for all, so they are not left to it.
Result<std::vector<std::string>> worker_words(const RunOptions& options, const PerfJob& job,
                                              std::size_t index) {
  std::vector<std::string> words{"perf", "worker"};
  if (options.url) words.push_back(*options.url);
  for (const GivenFlag& given : options.given) {
    if (given.name == "--threads" || given.name == "--seed") continue;
    if (given.file && given.value == "-")
      return Error{ExitCode::usage, fmt::format("workers cannot all read {} from here", given.name),
                   "give a file"};
    words.push_back(fmt::format("{}={}", given.name, given.value));
  }
  words.push_back(fmt::format("--threads={}", job.plan.threads));
  words.push_back(fmt::format("--seed={}", *job.plan.seed));
  words.push_back(fmt::format("--job={}", index));
  return words;
}

Result<void> check_shareable(const RunOptions& options) {
  if (options.engine)
    return Error{ExitCode::usage, fmt::format("{} cannot be shared out", *options.engine),
                 "leave out --engine or --processes"};
  if (*options.processes < 1 || *options.processes > perf::kMaxProcesses)
    return Error{ExitCode::usage, fmt::format("--processes is {}", *options.processes),
                 fmt::format("give 1 to {}", perf::kMaxProcesses)};
  return {};
}

}  // namespace

Result<void> distribute(const RunOptions& options, std::vector<PerfJob>& jobs) {
  if (!options.processes) return {};
  WEFT_CHECK(check_shareable(options));
  const auto count = static_cast<unsigned>(*options.processes);
  WEFT_TRY(weft, own_path());
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    PerfJob& job = jobs[i];
    if (job.plan.until_settled)
      return Error{ExitCode::usage, "--warmup auto cannot be shared out: all must begin together",
                   "give it a length, as in --warmup 10s"};
    if (job.plan.threads == 0) job.plan.threads = std::max(1u, base::cpus().usable / count);
    if (!job.plan.seed) job.plan.seed = base::random_bits();
    WEFT_CHECK(perf::part_of(job.plan, {0, count}));
    WEFT_TRY(words, worker_words(options, job, i));
    words.insert(words.begin(), weft);
    job.processes = Workers{count, std::move(words)};
  }
  return {};
}

Result<Measured> measure_in_processes(Context& context, const PerfJob& job) {
  const Folder folder("weft-" + base::new_id(context.clock.wall()));
  Live live(context, job.plan);
  auto crew = perf::run_processes({.command = job.processes->command,
                                   .count = job.processes->count,
                                   .folder = folder.path(),
                                   .runner = context.runner,
                                   .clock = context.clock,
                                   .stop = context.stop,
                                   .progress = [&](const auto& now) { live.update(now); }});
  live.finish();
  if (!crew.ok()) return std::move(crew).error();
  WEFT_TRY(run, perf::combine(job.spec, job.plan, *std::move(crew)));
  Measured measured;
  measured.run = std::move(run);
  measured.run.interrupted = measured.run.interrupted || context.stop.requested();
  if (measured.run.counts.completed.value_or(0) == 0 && !measured.run.interrupted)
    measured.silence = never_answered(job.plan, {});
  return measured;
}

}  // namespace weft::cmd
