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
#include "lib/mesh/catalog.h"

namespace weft::cmd {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;
using Pairs = std::map<std::string, std::string>;

// "key=value" each.
Result<Pairs> pairs_of(std::string_view flag, const std::vector<std::string>& texts) {
  Pairs out;
  for (const std::string& text : texts) {
    const auto equals = text.find('=');
    if (equals == 0 || equals == std::string::npos)
      return Error{ExitCode::usage, fmt::format("{} {} is not KEY=VALUE", flag, text)};
    out[text.substr(0, equals)] = text.substr(equals + 1);
  }
  return out;
}

// What the catalogue knows about the mesh, and what flags say instead.
Result<conform::MeshRecipe> recipe_of(const PlaceFlags& flags) {
  conform::MeshRecipe out;
  const auto known = mesh::Catalog::builtin().find(flags.mesh);
  if (!flags.mesh.empty() && known.ok() && !(*known)->onboarding.empty()) {
    const mesh::Onboarding& join = (*known)->onboarding.front();
    out.namespace_labels = join.namespace_labels;
    out.namespace_annotations = join.namespace_annotations;
    // Namespaces are joined where a mesh knows them: then pods need no word of their own.
    if (join.namespace_labels.empty() && join.namespace_annotations.empty()) {
      out.pod_labels = join.pod_labels;
      out.pod_annotations = join.pod_annotations;
    }
    // Meshes read a label, an annotation, or either; the other one does no harm.
    out.outside_labels = out.outside_annotations = join.opt_out;
  }
  WEFT_TRY(labels, pairs_of("--namespace-label", flags.labels));
  WEFT_TRY(annotations, pairs_of("--namespace-annotation", flags.annotations));
  WEFT_TRY(outside, pairs_of("--outside", flags.outside));
  WEFT_TRY(deny, pairs_of("--deny", flags.deny));
  WEFT_TRY(strict, pairs_of("--mtls-strict", flags.strict));
  WEFT_TRY(permissive, pairs_of("--mtls-permissive", flags.permissive));
  if (!labels.empty() || !annotations.empty()) {
    out.namespace_labels = std::move(labels);
    out.namespace_annotations = std::move(annotations);
  }
  if (!outside.empty()) out.outside_labels = out.outside_annotations = std::move(outside);
  out.deny_labels = out.deny_annotations = std::move(deny);
  out.strict_labels = out.strict_annotations = std::move(strict);
  out.permissive_labels = out.permissive_annotations = std::move(permissive);
  return out;
}

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
  how.timeout_scale = flags.timeout_scale;
  how.journal = out.journal.get();
  how.parallel_runs = flags.parallel_runs;
  WEFT_TRY(recipe, recipe_of(flags));
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
  conform::JournalHead head{.run = run, .driver = flags.driver};
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
  const auto pair = [](std::string_view name, std::vector<std::string>& target,
                       std::string_view help) {
    return cli::flag(std::string(name), target, std::string(help)).takes("KEY=VALUE").in("Cluster");
  };
  std::vector<cli::Flag> own{
      cli::flag("--driver", o.driver, "where to run").one_of({"kubectl", "local"}),
      cli::flag("--mesh", o.mesh,
                "name of the mesh, for the result; one of the catalogue injects as that says")
          .takes("NAME"),
      cli::flag("--image", o.image, "image of the sample application; weft image export makes one")
          .in("Cluster"),
      cli::flag("--image-pull-secret", o.pull_secret,
                "secret of a registry that has the image; it is copied and goes with the run")
          .takes("NAMESPACE/NAME")
          .in("Cluster"),
      pair("--namespace-label", o.labels, "label that has the mesh inject its proxy"),
      pair("--namespace-annotation", o.annotations, "likewise an annotation"),
      pair("--outside", o.outside, "label and annotation of a pod that stays without a proxy"),
      pair("--deny", o.deny,
           "label and annotation of a namespace in which only what is allowed gets through"),
      pair("--mtls-strict", o.strict, "likewise where plain text is refused"),
      pair("--mtls-permissive", o.permissive, "likewise where mTLS and plain text get through"),
      cli::flag("--parallel-runs", o.parallel_runs, "although another run goes on there")
          .in("Cluster"),
      breaking_flag(o.broken),
      cli::flag("--envoy", o.envoy, "Envoy to use for the proxies of --driver local, not nginx")
          .takes("PROGRAM")};
  flags.insert(flags.begin(), std::make_move_iterator(own.begin()),
               std::make_move_iterator(own.end()));
  return with_cluster_flags(o.cluster, std::move(flags));
}

}  // namespace weft::cmd
