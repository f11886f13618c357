// The flags of install and upgrade, and the order they make.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cmd/cluster_context.h"
#include "lib/cli/command.h"
#include "lib/lifecycle/record.h"
#include "lib/lifecycle/setup.h"

namespace weft::cmd {

struct InstallOptions {
  std::string mesh;
  ClusterFlags cluster;
  std::string version, mode, profile, registry;
  std::vector<std::string> features, set, values, inputs;
  std::string chart_dir, repo;
  std::vector<std::string> charts;
  bool offline = false;
  bool reset_values = false;

  bool canary = false;
  std::string revision;
  bool finish = false, abort = false;

  bool yes = false;
  bool adopt = false;
  bool force = false;
  bool break_lock = false;
  bool no_wait = false;
  std::vector<std::string> ignore;
  std::string rollback;
  std::string dry_run;
  bool exit_code = false;
  std::string detail = "summary";
  std::string plan_out;
  std::string events;
};

std::vector<cli::Flag> install_flags(InstallOptions& options);
std::vector<cli::Flag> upgrade_flags(InstallOptions& options);  // and those of canaries

// What was given on the command line, over what the record remembers of the last time.
base::Result<lifecycle::Order> order_of(const InstallOptions& options, const mesh::Mesh& mesh,
                                        const std::optional<lifecycle::Record>& record,
                                        const std::string& cache);

// The shapes that `--dry-run` and `--rollback` take.
enum class DryRun { none, client, server };
DryRun dry_run_of(const InstallOptions& options);

}  // namespace weft::cmd
