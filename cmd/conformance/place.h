// Where `weft conformance run` runs: the flags that say so, and the driver made from them.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "cmd/cluster_context.h"
#include "cmd/conformance/recipe.h"
#include "lib/conform/driver.h"
#include "lib/conform/run_journal.h"
#include "lib/kube/kubectl.h"

namespace weft::cmd {

struct PlaceFlags {
  std::string driver = "kubectl";
  ClusterFlags cluster;
  RecipeFlags recipe;
  std::string image = "weft", pull_secret;
  std::int64_t timeout_scale = 1;
  std::vector<std::string> broken;
  std::string envoy;  // program
  bool parallel_runs = false;

  bool local() const { return driver == "local"; }
};
std::vector<cli::Flag> with_place_flags(PlaceFlags& target, std::vector<cli::Flag> flags);

// --break, and a usage error where it names no mutant.
cli::Flag breaking_flag(std::vector<std::string>& target);
base::Result<void> check_mutants(const std::vector<std::string>& broken);

// A driver with what must live as long.
struct Place {
  std::unique_ptr<conform::RunJournal> journal;
  std::unique_ptr<proc::Runner> runner;
  std::unique_ptr<kube::Kubectl> cluster;
  std::string folder;  // of this machine, with everything in it
  std::unique_ptr<conform::Driver> driver;

  Place() = default;
  Place(Place&&) = default;
  Place& operator=(Place&&) = default;
  ~Place();

  // Removes what was made; last the journal, when nothing is left: until then the run can be
  // cleaned.
  void clear();
};
base::Result<Place> open_place(Context& context, const PlaceFlags& flags, const std::string& run);

// Where runs note what they make.
std::string journal_folder(const Context& context);

}  // namespace weft::cmd
