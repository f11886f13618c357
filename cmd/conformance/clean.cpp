#include <algorithm>
#include <memory>
#include <ostream>

#include "cmd/cluster_context.h"
#include "cmd/conformance/conformance.h"
#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/conform/kubectl_driver.h"

namespace weft::cmd {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;

struct Options {
  ClusterFlags cluster;
  std::vector<std::string> runs;
  bool expired = false;
  bool all = false;
};

Result<ExitCode> run(Context& context, const Options& options) {
  if (options.runs.empty() && !options.expired && !options.all)
    return Error{ExitCode::usage, "nothing says what to clean",
                 "give --run ID, --expired or --all"};
  WEFT_TRY(session, open_session(context, options.cluster, Tools::kubectl));
  WEFT_TRY(remains, conform::find_remains(session.cluster()));
  std::vector<kube::Ref> spaces;
  for (const conform::Remains& one : remains) {
    const bool expired = one.expires && *one.expires < context.clock.wall();
    const bool named = std::ranges::count(options.runs, one.run) > 0;
    if (options.all || named || (options.expired && expired))
      spaces.push_back(kube::make_ref("v1", "Namespace", "", one.ns));
    else if (!context.quiet)
      context.err << fmt::format("kept: {}\n", one.ns);
  }
  if (!spaces.empty())
    WEFT_CHECK(
        session.cluster().remove(spaces, {.wait = true, .timeout = session.left(context.clock)}));
  for (const kube::Ref& space : spaces) context.out << fmt::format("removed {}\n", space.name);
  if (spaces.empty() && !context.quiet) context.err << "nothing to remove\n";
  return ExitCode::done;
}

}  // namespace

cli::Command conformance_clean_command() {
  auto options = std::make_shared<Options>();
  auto& o = *options;
  return {
      .name = "clean",
      .summary = "Remove what runs that were killed left in the cluster",
      .description =
          "Everything a run makes is in a namespace weft-<run> with the labels weft.dev/run and "
          "weft.dev/expires; namespaces whose name and label do not agree are left alone.",
      .examples = {{"weft conformance clean --expired", "what should have ended long ago"},
                   {"weft conformance clean --run 20260301-120000-k3f9x2", "one run"}},
      .flags = with_cluster_flags(
          o.cluster, {cli::flag("--run", o.runs, "this run").takes("ID"),
                      cli::flag("--expired", o.expired, "runs that should have ended by now"),
                      cli::flag("--all", o.all, "every run, also one that is going on")}),
      .run = [options](Context& context) { return run(context, *options); }};
}

}  // namespace weft::cmd
