#include "cmd/perf/target.h"

#include <ostream>

#include "cmd/perf/results.h"
#include "lib/base/file.h"
#include "lib/base/format.h"
#include "lib/perf/profile_specs.h"

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

Result<std::vector<PerfJob>> plan_jobs(Context& context, RunOptions& options) {
  WEFT_CHECK(complete_flags(context, options));
  std::vector<perf::Spec> specs{perf::Spec{}};
  if (!options.profile.empty()) {
    WEFT_TRY(profile, perf::read_specs(path_in(context, options.profile), options.url.has_value()));
    if (!context.quiet)
      for (const auto& note : profile.notes) context.err << fmt::format("note: {}\n", note);
    specs = std::move(profile.specs);
  }
  const perf::Engine* engine = nullptr;
  if (options.engine) {
    WEFT_TRY(found, perf::find_engine(*options.engine));
    engine = found;
  }
  std::vector<PerfJob> jobs;
  for (perf::Spec& spec : specs) {
    PerfJob job{overlay(overlay(options.defaults, spec), options.flags), {}, engine};
    WEFT_TRY(plan, to_plan(job.spec));
    job.plan = std::move(plan);
    job.usage = options.usage;
    job.prometheus = options.prometheus;
    job.cluster = &options.pods.cluster;
    if (engine != nullptr) WEFT_CHECK(perf::command_of(*engine, job.spec, job.plan));
    jobs.push_back(std::move(job));
  }
  return jobs;
}

}  // namespace weft::cmd
