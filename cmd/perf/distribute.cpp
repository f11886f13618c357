#include "cmd/perf/distribute.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <ostream>

#include "cmd/perf/live.h"
#include "cmd/perf/results.h"
#include "lib/base/cpus.h"
#include "lib/base/file.h"
#include "lib/base/format.h"
#include "lib/base/id.h"
#include "lib/doc/write.h"
#include "lib/kube/mask.h"
#include "lib/mesh/catalog.h"
#include "lib/perf/crew.h"
#include "lib/perf/pods.h"
#include "lib/perf/processes.h"
#include "lib/perf/spec_target.h"
#include "lib/perf/target_bodies.h"
#include "lib/smp/run_json.h"

namespace weft::cmd {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;
using namespace std::chrono_literals;

// Gone at the end with what is in it.
class Folder {
 public:
  explicit Folder(const std::string& name)
      : path_((std::filesystem::temp_directory_path() / name).string()) {}
  ~Folder() {
    std::error_code none;
    std::filesystem::remove_all(path_, none);
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// How a worker is told about a file: by a path that it can read.
using Ship = std::function<Result<std::string>(const GivenFlag&)>;

// What each worker is told. It reads the same flags and makes the same plan of the whole; threads
// and the seed must be the same for all, so they are not left to it.
Result<std::vector<std::string>> worker_words(const RunOptions& options, const PerfJob& job,
                                              std::size_t index, const Ship& ship) {
  std::vector<std::string> words{"perf", "worker"};
  if (options.url) words.push_back(*options.url);
  for (const GivenFlag& given : job.given) {
    if (given.name == "--threads" || given.name == "--seed") continue;
    if (given.file && given.value == "-")
      return Error{ExitCode::usage, fmt::format("workers cannot all read {} from here", given.name),
                   "give a file"};
    std::string value = given.value;
    if (given.file) {
      WEFT_TRY(path, ship(given));
      value = std::move(path);
    }
    words.push_back(fmt::format("{}={}", given.name, value));
  }
  words.push_back(fmt::format("--threads={}", job.plan.threads));
  words.push_back(fmt::format("--seed={}", *job.plan.seed));
  words.push_back(fmt::format("--job={}", index));
  return words;
}

Result<unsigned> workers_of(const RunOptions& options) {
  const bool pods = options.pods.wanted;
  const char* flag = pods ? "--workers" : "--processes";
  if (pods && options.processes)
    return Error{ExitCode::usage, "--processes and --in-cluster exclude each other",
                 "weft perf run URL --in-cluster --workers N"};
  if (pods && options.serve)
    return Error{ExitCode::usage, "pods do not reach the service that --serve starts in here",
                 "deploy weft serve to the cluster, and give its URL"};
  if (options.engine)
    return Error{ExitCode::usage, fmt::format("{} cannot be shared out", *options.engine),
                 fmt::format("leave out --engine or {}", pods ? "--in-cluster" : flag)};
  const std::int64_t count = pods ? options.pods.workers : *options.processes;
  if (count < 1 || count > perf::kMaxProcesses)
    return Error{ExitCode::usage, fmt::format("{} is {}", flag, count),
                 fmt::format("give 1 to {}", perf::kMaxProcesses)};
  return static_cast<unsigned>(count);
}

// Labels and annotations that take pods into a mesh, or keep them out of every one.
Result<void> set_mesh(Context& context, const std::string& wanted, perf::PodWorkers& workers) {
  WEFT_TRY(catalog, mesh::Catalog::open(context.env.config_dir() + "/meshes"));
  if (!wanted.empty()) {
    WEFT_TRY(mesh, catalog.find(wanted));
    for (const mesh::Onboarding& way : mesh->onboarding) {
      workers.labels.insert(way.pod_labels.begin(), way.pod_labels.end());
      workers.annotations.insert(way.pod_annotations.begin(), way.pod_annotations.end());
    }
    return {};
  }
  WEFT_TRY(meshes, catalog.all());
  for (const mesh::Mesh* mesh : meshes)
    for (const mesh::Onboarding& way : mesh->onboarding)
      for (smp::Labels* place : {&workers.labels, &workers.annotations})
        place->insert(way.opt_out.begin(), way.opt_out.end());
  return {};
}

Result<perf::PodWorkers> pods_of(Context& context, const RunOptions& options, const PerfJob& job,
                                 unsigned count, std::size_t index) {
  const ClusterRun& run = options.pods;
  perf::PodWorkers workers{.id = base::new_id(context.clock.wall()),
                           .ns = run.cluster.ns.empty() ? "default" : run.cluster.ns,
                           .count = count,
                           .image = run.image,
                           .nodes = run.nodes,
                           .cpu = run.cpu,
                           .memory = run.memory,
                           .owner = perf::process_name("", ::getpid())};
  WEFT_CHECK(set_mesh(context, run.mesh, workers));
  const auto ship = [&](const GivenFlag& given) -> Result<std::string> {
    std::string table, path = given.value;
    if (given.name == "--data") {
      WEFT_TRY(data, perf::parse_data(given.value));
      table = data.first + '=';
      path = data.second;
    }
    WEFT_TRY(content, base::read_file(path_in(context, path)));
    std::string name = given.name.substr(2);
    if (!table.empty())
      name += fmt::format("-{}", workers.files.size());  // a table may have any name
    workers.files[name] = std::move(content);
    return fmt::format("{}{}/{}", table, perf::kFilesFolder, name);
  };
  WEFT_TRY(words, worker_words(options, job, index, ship));
  workers.arguments = std::move(words);
  WEFT_TRY(variables, perf::variables_of(job.spec));
  for (auto& [name, value] : variables) {
    const std::string file = fmt::format("variable-{}", workers.variables.size());
    workers.files[file] = std::move(value);
    workers.variables[name] = file;
  }
  if (!job.spec.targets) return workers;
  WEFT_TRY(bodies, perf::read_bodies(*job.spec.targets));
  if (bodies.empty()) return workers;
  workers.files["target-bodies"] = perf::pack_bodies(bodies);
  workers.arguments.push_back(fmt::format("--target-bodies={}/target-bodies", perf::kFilesFolder));
  return workers;
}

}  // namespace

Result<void> distribute(Context& context, const RunOptions& options, std::vector<PerfJob>& jobs) {
  const bool in_pods = options.pods.wanted;
  if (options.pods.dry_run && !in_pods)
    return Error{ExitCode::usage, "--dry-run shows the objects of --in-cluster",
                 "add --in-cluster"};
  if (!options.processes && !in_pods) return {};
  WEFT_TRY(count, workers_of(options));
  WEFT_TRY(weft, own_program());
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    PerfJob& job = jobs[i];
    if (job.plan.until_settled)
      return Error{ExitCode::usage, "--warmup auto cannot be shared out: all must begin together",
                   "give it a length, as in --warmup 10s"};
    if (job.plan.threads == 0)
      job.plan.threads = in_pods ? 1 : std::max(1u, base::cpus().usable / count);
    if (!job.plan.seed) job.plan.seed = base::random_bits();
    WEFT_CHECK(perf::part_of(job.plan, {0, count}));
    job.worker_results = options.worker_results;
    if (in_pods) {
      WEFT_TRY(pods, pods_of(context, options, job, count, i));
      job.pods = std::move(pods);
      continue;
    }
    WEFT_TRY(words, worker_words(options, job, i, [](const GivenFlag& given) {
               return Result<std::string>(given.value);
             }));
    words.insert(words.begin(), weft);
    job.processes = Workers{count, std::move(words)};
  }
  return {};
}

Result<void> show_objects(Context& context, const std::vector<PerfJob>& jobs) {
  for (const PerfJob& job : jobs) {
    WEFT_TRY(objects, perf::worker_objects(*job.pods));
    for (const kube::Object& object : objects) {
      const bool secret = kube::text_at(object, {"kind"}) == "Secret";
      context.out << "---\n" << doc::write_yaml(secret ? kube::masked(object) : object);
    }
  }
  return {};
}

namespace {

Result<void> write_worker_results(Context& context, const std::string& folder,
                                  const perf::Crew& crew) {
  for (unsigned i = 0; i < crew.count() && !folder.empty(); ++i) {
    const std::string& document = crew.members()[i].document;
    const std::string name = fmt::format("{}/worker-{}.json", folder, i + 1);
    if (!document.empty()) WEFT_CHECK(base::write_file(path_in(context, name), document));
  }
  return {};
}

Result<Measured> to_measured(Context& context, const PerfJob& job, Result<perf::Crew> crew) {
  if (!crew.ok()) return std::move(crew).error();
  WEFT_CHECK(write_worker_results(context, job.worker_results, *crew));
  WEFT_TRY(run, perf::combine(job.spec, job.plan, *std::move(crew)));
  Measured measured;
  measured.run = std::move(run);
  measured.run.interrupted = measured.run.interrupted || context.stop.requested();
  if (measured.run.counts.completed.value_or(0) == 0 && !measured.run.interrupted)
    measured.silence = never_answered(job.plan, {});
  return measured;
}

}  // namespace

Result<Measured> measure_in_processes(Context& context, const PerfJob& job) {
  const Folder folder("weft-" + base::new_id(context.clock.wall()));
  WEFT_CHECK(base::create_folder(folder.path()));
  Live live(context, job.plan);
  auto crew = perf::run_processes({.command = job.processes->command,
                                   .count = job.processes->count,
                                   .folder = folder.path(),
                                   .runner = context.runner,
                                   .clock = context.clock,
                                   .stop = context.stop,
                                   .keep_documents = !job.worker_results.empty(),
                                   .progress = [&](const auto& now) { live.update(now); }});
  live.finish();
  return to_measured(context, job, std::move(crew));
}

Result<Measured> measure_in_cluster(Context& context, const PerfJob& job) {
  // What was begun in the cluster is ended there, also after a request to stop.
  const base::StopFlag never;
  Context patient{context.in,        context.out,      context.err,
                  context.out_term,  context.err_term, context.env,
                  context.clock,     context.runner,   never,
                  context.directory, context.output,   context.quiet,
                  context.verbose};
  WEFT_TRY(session, open_session(patient, *job.cluster, Tools::kubectl));
  WEFT_TRY(server, session.cluster().server());
  perf::PodWorkers workers = *job.pods;
  workers.id = base::new_id(context.clock.wall());  // a job may be measured several times
  const auto tell = [&](std::string_view sentence) {
    if (!context.quiet) context.err << sentence << '\n';
  };
  auto crew = perf::run_pods({.cluster = session.cluster(),
                              .workers = workers,
                              .plan = job.plan,
                              .clock = context.clock,
                              .stop = context.stop,
                              .tell = tell,
                              .keep_documents = !job.worker_results.empty()});
  WEFT_TRY(measured, to_measured(context, job, std::move(crew)));
  measured.run.environment.kubernetes_version = server.version.text;
  return measured;
}

}  // namespace weft::cmd
