#include "cmd/conformance/place.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "lib/base/file.h"
#include "lib/base/format.h"
#include "lib/base/id.h"
#include "lib/base/text.h"
#include "lib/conform/kubectl_driver.h"
#include "lib/conform/local_driver.h"
#include "lib/conform/run_processes.h"

namespace weft::cmd {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;

Result<void> open_local(Context& context, const PlaceFlags& flags, const std::string& run,
                        Place& out) {
  const std::string missing = conform::missing_for_local(context.runner, ::geteuid() == 0);
  if (!missing.empty())
    return Error{ExitCode::tool, "the driver local cannot be used: " + missing,
                 "run as root, with iproute2 and nginx installed"};
  WEFT_CHECK(check_mutants(flags.broken));
  conform::LocalOptions how;
  WEFT_TRY(weft, own_program());
  how.weft = std::move(weft);
  how.folder = (std::filesystem::temp_directory_path() / ("weft-" + run)).string();
  how.journal = out.journal.get();
  how.name = "weft-" + base::new_id(context.clock.wall()).substr(16);
  how.broken = {flags.broken.begin(), flags.broken.end()};
  how.envoy = flags.envoy;
  WEFT_CHECK(out.journal->note({{.kind = std::string(conform::kFolder), .name = how.folder}}));
  out.folder = how.folder;
  WEFT_CHECK(base::create_folder(how.folder));
  out.driver = std::make_unique<conform::LocalDriver>(std::move(how), *out.runner);
  return {};
}

// `session` is the cluster as the user sees it.
Result<void> open_cluster(Context& context, const PlaceFlags& flags, const std::string& run,
                          const Session& session, Place& out) {
  conform::KubectlOptions how;
  how.run = run;
  how.image = flags.image;
  how.pull_secret = flags.pull_secret;
  how.by_pods = flags.driver == "job";
  how.timeout_scale = flags.timeout_scale;
  how.journal = out.journal.get();
  how.parallel_runs = flags.parallel_runs;
  WEFT_TRY(recipe, recipe_of(context, flags.recipe));
  how.mesh = std::move(recipe);
  const std::string& program = session.kubectl_program().path;
  how.kubectl = {program, "--context=" + session.context_name()};
  if (!flags.cluster.kubeconfig.empty())
    how.kubectl.push_back("--kubeconfig=" + flags.cluster.kubeconfig);
  // Without the stop flag: what was made is removed after an interrupt, too.
  out.cluster = std::make_unique<kube::Kubectl>(
      *out.runner, kube::KubectlOptions{.program = program,
                                        .context = session.context_name(),
                                        .kubeconfig = flags.cluster.kubeconfig});
  out.driver = std::make_unique<conform::KubectlDriver>(std::move(how), *out.cluster, *out.runner,
                                                        context.clock, context.stop);
  return {};
}

}  // namespace

Result<void> check_mutants(const std::vector<std::string>& broken) {
  std::vector<std::string> known;
  for (const conform::Mutant& mutant : conform::mutants()) known.emplace_back(mutant.name);
  for (const std::string& name : broken)
    if (std::ranges::count(known, name) == 0)
      return Error{ExitCode::usage, fmt::format("--break {}: there is no such behaviour{}", name,
                                                base::did_you_mean(name, known))};
  return {};
}

cli::Flag breaking_flag(std::vector<std::string>& target) {
  const auto mutants = [](Context&, std::string_view) {
    std::vector<cli::Candidate> out;
    for (const conform::Mutant& mutant : conform::mutants())
      out.push_back({std::string(mutant.name), std::string(mutant.meaning)});
    return out;
  };
  return cli::flag("--break", target, "what the reference mesh does wrong")
      .takes("MUTANT")
      .completes(mutants);
}

Place::~Place() {
  driver.reset();
  std::error_code none;
  if (!folder.empty()) std::filesystem::remove_all(folder, none);
}

void Place::clear() {
  const bool stopped = driver == nullptr || driver->stop({}).empty();
  std::error_code failed;
  if (!folder.empty()) std::filesystem::remove_all(folder, failed);
  if (stopped && !failed) journal->remove();
}

std::string journal_folder(const Context& context) {
  return context.env.state_dir() + "/conformance-runs";
}

Result<Place> open_place(Context& context, const PlaceFlags& flags, const std::string& run) {
  if (const auto slash = flags.pull_secret.find('/');
      !flags.pull_secret.empty() && (slash == 0 || slash >= flags.pull_secret.size() - 1))
    return Error{ExitCode::usage,
                 fmt::format("--image-pull-secret {} is not NAMESPACE/NAME", flags.pull_secret)};
  if (!flags.local() && !flags.broken.empty())
    return Error{ExitCode::usage, "--break breaks the reference mesh only", "add --driver local"};
  if (!flags.envoy.empty() && (!flags.local() || !flags.broken.empty()))
    return Error{ExitCode::usage, "--envoy goes with --driver local and without --break"};
  std::optional<Session> session;
  conform::JournalHead head{.run = run, .driver = flags.local() ? "local" : "kubectl"};
  if (!flags.local()) {
    WEFT_TRY(opened, open_session(context, flags.cluster, Tools::kubectl));
    session = std::move(opened);
    head.place = session->context_name();
  }
  Place out;
  WEFT_TRY(journal, conform::RunJournal::create(journal_folder(context), std::move(head)));
  out.journal = std::make_unique<conform::RunJournal>(std::move(journal));
  out.runner = std::make_unique<conform::RunProcesses>(context.runner, run);
  const auto opened = session ? open_cluster(context, flags, run, *session, out)
                              : open_local(context, flags, run, out);
  if (opened.ok()) return out;
  out.clear();
  return opened.error();
}

std::vector<cli::Flag> with_place_flags(PlaceFlags& o, std::vector<cli::Flag> flags) {
  std::vector<cli::Flag> own{
      cli::flag("--driver", o.driver,
                "where to run: in a cluster by kubectl exec, or, where that is not allowed, by a "
                "pod for each probe; or on this machine")
          .one_of({"kubectl", "job", "local"}),
      cli::flag("--image", o.image, "image of the sample application; weft image export makes one")
          .in("Cluster"),
      cli::flag("--image-pull-secret", o.pull_secret,
                "secret of a registry that has the image; it is copied and goes with the run")
          .takes("NAMESPACE/NAME")
          .in("Cluster"),
      cli::flag("--parallel-runs", o.parallel_runs, "although another run goes on there")
          .in("Cluster"),
      cli::flag("--timeout-scale", o.timeout_scale,
                "make every time-out so many times as long, for slow clusters")
          .takes("N")
          .in("Cluster"),
      breaking_flag(o.broken),
      cli::flag("--envoy", o.envoy, "Envoy to use for the proxies of --driver local, not nginx")
          .takes("PROGRAM")};
  flags.insert(flags.begin(), std::make_move_iterator(own.begin()),
               std::make_move_iterator(own.end()));
  return with_cluster_flags(o.cluster, with_recipe_flags(o.recipe, std::move(flags)));
}

}  // namespace weft::cmd
