// A pattern and the cluster it is for.
//
//   WEFT_TRY(session, open_pattern_session(context, options.input, options.cluster,
//   options.charts)); WEFT_TRY(plan, pattern::make_plan(session->target(), ...));
#pragma once

#include <memory>
#include <optional>

#include "cmd/cluster_context.h"
#include "cmd/lifecycle/progress.h"
#include "cmd/pattern/input.h"
#include "lib/pattern/applying/apply.h"

namespace weft::cmd {

struct ChartFlags {
  std::string folder;
  bool offline = false;
};

class PatternSession {
 public:
  PatternInput& input() { return *input_; }
  pattern::Target& target() { return *target_; }
  kube::Cluster& cluster() { return session_->cluster(); }
  const std::string& context_name() const { return session_->context_name(); }
  Progress& progress() { return progress_; }
  // `progress` is told what is waited for.
  pattern::ApplyOptions apply_options(Context& context);

 private:
  friend base::Result<std::unique_ptr<PatternSession>> open_pattern_session(Context&,
                                                                            const PatternFlags&,
                                                                            const ClusterFlags&,
                                                                            const ChartFlags&);
  explicit PatternSession(Context& context) : progress_(context) {}

  std::unique_ptr<PatternInput> input_;
  std::optional<Session> session_;
  std::unique_ptr<kube::Kubectl> closing_;  // without the stop flag: for the last words
  Progress progress_;
  std::optional<lifecycle::Work> work_;
  std::unique_ptr<pattern::Meshes> meshes_;
  std::optional<pattern::Secrets> secrets_;
  std::optional<pattern::Target> target_;
};

// helm is looked for only when the pattern has a mesh or an add-on.
base::Result<std::unique_ptr<PatternSession>> open_pattern_session(Context& context,
                                                                   const PatternFlags& input,
                                                                   const ClusterFlags& cluster,
                                                                   const ChartFlags& charts);

std::vector<cli::Flag> with_chart_flags(ChartFlags& charts, std::vector<cli::Flag> flags);

}  // namespace weft::cmd
