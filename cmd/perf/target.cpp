#include "cmd/perf/target.h"

#include <ostream>

#include "cmd/perf/profile.h"
#include "cmd/perf/results.h"
#include "lib/base/file.h"
#include "lib/base/format.h"
#include "lib/perf/profile_specs.h"
#include "lib/perf/target_bodies.h"

namespace weft::cmd {

using base::Error;
using base::ExitCode;
using base::Result;

Result<std::unique_ptr<serve::Service>> start_service(RunOptions& options) {
  if (!options.serve) return std::unique_ptr<serve::Service>();
  const std::string path = options.url.value_or("/");
  const bool grpc = path.starts_with("grpc:/") && !path.starts_with("grpc://");
  if (!grpc && !path.starts_with('/'))
    return Error{ExitCode::usage, "--serve measures the service it starts, not a URL",
                 "give only a path, as in --serve '/?delay=5ms', or drop --serve"};
  serve::ServiceOptions service_options;
  service_options.host = "127.0.0.1";
  WEFT_TRY(service, serve::Service::start(service_options));
  options.url = service->url() + path;
  if (grpc) options.url = fmt::format("grpc://127.0.0.1:{}{}", service->port(), path.substr(5));
  return std::move(service);
}

Result<void> complete_flags(Context& context, RunOptions& options) {
  options.flags.url = options.url;
  if (options.body_file) {
    WEFT_TRY(body, base::read_file(path_in(context, *options.body_file)));
    options.flags.body = std::move(body);
  }
  for (const auto& [path, text] :
       {std::pair{&options.ca_file, &options.flags.tls.ca},
        std::pair{&options.certificate_file, &options.flags.tls.certificate},
        std::pair{&options.key_file, &options.flags.tls.key}}) {
    if (!*path) continue;
    WEFT_TRY(pem, base::read_file(path_in(context, **path)));
    *text = std::move(pem);
  }
  options.flags.environment = context.env;
  if (options.targets_file) {
    const std::string path = path_in(context, *options.targets_file);
    WEFT_TRY(list, base::read_file(path));
    options.flags.targets = perf::NamedText{path, std::move(list)};
  }
  if (options.bodies_file) {
    WEFT_TRY(text, base::read_file(*options.bodies_file));
    WEFT_TRY(bodies, perf::unpack_bodies(*options.bodies_file, text));
    options.flags.bodies = std::move(bodies);
  }
  for (const auto& [name, file] : options.data_files) {
    WEFT_TRY(rows, base::read_file(path_in(context, file)));
    options.flags.data[name] = {file, std::move(rows)};
  }
  if (options.descriptors) {
    WEFT_TRY(bytes, base::read_file(path_in(context, *options.descriptors)));
    options.flags.descriptors = std::move(bytes);
  }
  if (options.trace) {
    WEFT_TRY(text, base::read_file(path_in(context, *options.trace)));
    WEFT_TRY(times, perf::parse_trace(text, *options.trace));
    options.flags.trace = std::move(times);
  }
  return {};
}

namespace {

Result<PerfJob> job_of(Context& context, const perf::Spec& spec, RunOptions& options) {
  WEFT_CHECK(complete_flags(context, options));
  PerfJob job{overlay(overlay(options.defaults, spec), options.flags), {}};
  if (options.engine) {
    WEFT_TRY(found, perf::find_engine(*options.engine));
    job.engine = found;
  }
  WEFT_TRY(plan, to_plan(job.spec));
  job.plan = std::move(plan);
  job.usage = options.usage;
  job.prometheus = options.prometheus;
  job.given = options.given;
  job.slo = options.slo;
  if (job.engine != nullptr) WEFT_CHECK(perf::command_of(*job.engine, job.spec, job.plan));
  return job;
}

// One without a profile.
Result<std::vector<perf::Spec>> specs_of(Context& context, const RunOptions& options) {
  if (options.profile.empty()) return std::vector<perf::Spec>(1);
  WEFT_TRY(profile, perf::read_specs(path_in(context, options.profile), options.url.has_value()));
  if (!context.quiet)
    for (const auto& note : profile.notes) context.err << fmt::format("note: {}\n", note);
  return std::move(profile.specs);
}

}  // namespace

Result<std::vector<perf::Spec>> plan_targets(Context& context, RunOptions& options) {
  WEFT_CHECK(complete_flags(context, options));
  WEFT_TRY(specs, specs_of(context, options));
  for (perf::Spec& spec : specs) spec = overlay(std::move(spec), options.flags);
  return specs;
}

Result<perf::Spec> plan_target(Context& context, RunOptions& options) {
  WEFT_TRY(specs, plan_targets(context, options));
  if (specs.size() > 1)
    return Error{ExitCode::usage, fmt::format("the profile names {} targets", specs.size()),
                 "name one URL on the command line, for a profile of one client"};
  options.url = specs.front().url;
  return std::move(specs.front());
}

Result<std::vector<PerfJob>> plan_jobs(Context& context, RunOptions& options,
                                       std::optional<std::size_t> only) {
  WEFT_TRY(specs, specs_of(context, options));
  std::optional<ReadProfile> read;
  if (!options.profile.empty()) {
    WEFT_TRY(settings, read_profile(context, options));
    read = std::move(settings);
  }
  const std::size_t phases = read ? read->settings.phases.size() : 0;
  const std::size_t each = std::max<std::size_t>(phases, 1);
  std::vector<PerfJob> jobs;
  for (std::size_t i = 0; i < specs.size() * each; ++i) {
    if (only && *only != i) continue;
    RunOptions own = options;
    const perf::Spec& spec = specs[i / each];
    std::string phase;
    if (phases > 0) {
      const perf::ProfilePhase& part = read->settings.phases[i % each];
      WEFT_TRY(changed, options_of_phase(context, options, read->document, part));
      own = std::move(changed);
      phase = part.name;
      if (!own.seen.contains("--name") && own.flags.name == options.flags.name)
        own.flags.name = fmt::format("{}{}{}", spec.name, spec.name.empty() ? "" : "/", phase);
    }
    WEFT_TRY(job, job_of(context, spec, own));
    job.phase = phase;
    job.cluster = &options.pods.cluster;
    jobs.push_back(std::move(job));
  }
  return jobs;
}

}  // namespace weft::cmd
