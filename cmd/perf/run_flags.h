// The flags of commands that measure, read into what a measurement is made from.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "cmd/cluster_context.h"
#include "lib/cli/command.h"
#include "lib/image/oci.h"
#include "lib/perf/spec.h"
#include "lib/perf/usage.h"

namespace weft::cmd {

// A flag as it was given, on the command line or by the settings.
struct GivenFlag {
  std::string name, value;
  bool file = false;  // the value is a path, or a name of a table and a path
};

// Workers as pods.
struct ClusterRun {
  bool wanted = false;
  std::int64_t workers = 1;
  std::vector<std::string> nodes;
  std::string mesh;  // to inject
  std::string image = image::default_name();
  std::string cpu = "1", memory = "512Mi";
  bool dry_run = false;
  ClusterFlags cluster;
};

struct RunOptions {
  perf::Spec defaults;  // from the configuration; a profile overrides it
  perf::Spec flags;     // from the command line; overrides the profile
  std::optional<std::string> url;
  std::optional<std::string> body_file;
  std::optional<std::string> trace;
  std::optional<std::string> targets_file;
  std::optional<std::string> bodies_file;  // of a worker, see perf/target_bodies.h
  perf::Pairs data_files;                  // name of the table, file
  std::optional<std::string> descriptors;
  std::optional<std::string> ca_file, certificate_file, key_file;
  std::optional<std::string> slo;
  std::optional<std::string> engine;
  std::string profile;
  std::string out;
  bool serve = false;
  bool save = true;
  std::optional<std::int64_t> processes;
  ClusterRun pods;
  std::string worker_results;
  std::string interval_log;
  std::vector<perf::UsageSource> usage;
  std::string prometheus;
  std::vector<GivenFlag> given;             // those that say what to measure
  std::set<std::string, std::less<>> seen;  // names of all flags given
};

// Bound to `options`, which must outlive them.
std::vector<cli::Flag> run_flags(RunOptions& options);
// Those that say what to measure, from here or from pods, and whose use of resources to read.
std::vector<cli::Flag> shared_load_flags(RunOptions& options);
// From which pods.
std::vector<cli::Flag> pod_flags(ClusterRun& pods);
// Where CPU and memory are read while the load runs.
std::vector<cli::Flag> usage_flags(RunOptions& options);
// Those that say what is asked, when and over which connections.
std::vector<cli::Flag> load_flags(RunOptions& options);
// Those that say what is asked and over which connections, for commands that choose the rates.
std::vector<cli::Flag> target_flags(RunOptions& options);
// Says in `options` which of them were given, so that a profile can come in beneath. What comes
// from the configuration does not count as given.
std::vector<cli::Flag> noted(std::vector<cli::Flag> flags, RunOptions& options);

}  // namespace weft::cmd
