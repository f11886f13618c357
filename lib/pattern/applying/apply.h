// Carries a pattern out, level by level: what stands in one level goes together, its meshes and
// add-ons at the same time, and is waited for together. A service that fails withholds those that
// depend on it and nothing else. May be interrupted at any moment: the same command goes on from
// there.
//
//   WEFT_TRY(report, apply(target, resolution, graph, {.wait = options}));
//   if (!report.complete()) for (const Done& each : report.services) tell(each);
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "lib/kube/wait.h"
#include "lib/pattern/planning/plan.h"

namespace weft::pattern {

enum class Outcome { unchanged, done, failed, withheld, open };  // open: not begun when it ended
std::string_view name_of(Outcome outcome);

struct Done {
  std::size_t service = 0;
  Outcome outcome = Outcome::open;
  std::string text{};    // why it failed, or whom it waits for
  std::string remedy{};  // of a failure
};

struct Report {
  std::vector<Done> services;  // in the order of the levels; of delete in the reverse order
  std::vector<kube::Ref> pruned;
  std::vector<std::string> notes;
  base::ExitCode code = base::ExitCode::done;  // of the first failure

  bool complete() const { return code == base::ExitCode::done; }
};

struct Progress {
  enum class What { waiting, settled, failed } what = What::waiting;
  std::size_t level = 0;  // from 1
  std::size_t levels = 0;
  std::string service{};
  std::string text{};
};

struct ApplyOptions {
  kube::WaitOptions wait;
  bool prune = false;
  bool force = false;  // take fields over from other managers, and objects from other patterns
  // Made just before: meshes that need nothing by it are waited for and not planned again.
  const Plan* plan = nullptr;
  std::string weft_version{};
  std::function<void(const Progress&)> tell = [](const Progress&) {};
};

// An error only when nothing was begun: the inventory cannot be written.
base::Result<Report> apply(Target& target, const Resolution& resolution, const Graph& graph,
                           const ApplyOptions& options);

// Takes out what apply() put in, in the reverse order, and last what left the file before.
// Namespaces that no service is stay, without the marks; meshes that were there before stay, too.
base::Result<Report> remove(Target& target, const Resolution& resolution, const Graph& graph,
                            const ApplyOptions& options);

}  // namespace weft::pattern
