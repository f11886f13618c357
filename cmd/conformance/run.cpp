#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <ostream>

#include "cmd/cluster_context.h"
#include "cmd/conformance/conformance.h"
#include "cmd/conformance/result_table.h"
#include "cmd/conformance/results.h"
#include "cmd/output.h"
#include "lib/base/file.h"
#include "lib/base/format.h"
#include "lib/base/id.h"
#include "lib/base/text.h"
#include "lib/conform/features.h"
#include "lib/conform/kubectl_driver.h"
#include "lib/conform/local_driver.h"
#include "lib/conform/runner.h"
#include "lib/doc/write.h"

namespace weft::cmd {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;

struct Options {
  std::vector<std::string> suites;
  std::string driver = "kubectl";
  ClusterFlags cluster;
  std::string mesh, image = "weft";
  std::vector<std::string> labels, annotations;
  std::vector<std::string> only, broken;
  std::string api_version, out;
  base::Nanoseconds settle_limit = std::chrono::seconds(30);
  std::vector<std::string> features;
  bool strict = false;
  bool allow_script = false;
};

// A folder of the run's own, gone with everything in it.
class Folder {
 public:
  explicit Folder(const std::string& id)
      : path_((std::filesystem::temp_directory_path() / ("weft-" + id)).string()) {
    std::filesystem::create_directories(path_);
  }
  ~Folder() {
    std::error_code none;
    std::filesystem::remove_all(path_, none);
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

Result<std::string> own_path() {
  std::error_code failed;
  const auto path = std::filesystem::read_symlink("/proc/self/exe", failed);
  if (failed)
    return base::system_error(ExitCode::tool, "cannot find the program itself", failed.value());
  return path.string();
}

Result<conform::LocalOptions> local_options(const Context& context, const Options& options,
                                            const std::string& folder) {
  const std::string missing = conform::missing_for_local(context.runner, ::geteuid() == 0);
  if (!missing.empty())
    return Error{ExitCode::tool, "the driver local cannot be used: " + missing,
                 "run as root, with iproute2 and nginx installed"};
  std::vector<std::string> known;
  for (const conform::Mutant& mutant : conform::mutants()) known.emplace_back(mutant.name);
  for (const std::string& name : options.broken)
    if (std::ranges::count(known, name) == 0)
      return Error{ExitCode::usage, fmt::format("--break {}: there is no such behaviour{}", name,
                                                base::did_you_mean(name, known))};
  WEFT_TRY(weft, own_path());
  conform::LocalOptions out;
  out.weft = std::move(weft);
  out.folder = folder;
  out.name = "weft-" + base::new_id(context.clock.wall()).substr(16);
  out.broken = {options.broken.begin(), options.broken.end()};
  return out;
}

// "key=value" each.
Result<std::map<std::string, std::string>> pairs_of(std::string_view flag,
                                                    const std::vector<std::string>& texts) {
  std::map<std::string, std::string> out;
  for (const std::string& text : texts) {
    const auto equals = text.find('=');
    if (equals == 0 || equals == std::string::npos)
      return Error{ExitCode::usage, fmt::format("{} {} is not KEY=VALUE", flag, text)};
    out[text.substr(0, equals)] = text.substr(equals + 1);
  }
  return out;
}

// A driver with what must live as long.
struct Place {
  std::unique_ptr<kube::Kubectl> cluster;
  std::unique_ptr<conform::Driver> driver;
};

Result<Place> local_place(Context& context, const Options& options, const std::string& folder) {
  WEFT_TRY(local, local_options(context, options, folder));
  Place out;
  out.driver = std::make_unique<conform::LocalDriver>(std::move(local), context.runner);
  return out;
}

Result<Place> cluster_place(Context& context, const Options& options, const std::string& id) {
  if (!options.broken.empty())
    return Error{ExitCode::usage, "--break breaks the reference mesh only", "add --driver local"};
  conform::KubectlOptions how;
  how.run = id;
  how.image = options.image;
  WEFT_TRY(labels, pairs_of("--namespace-label", options.labels));
  WEFT_TRY(annotations, pairs_of("--namespace-annotation", options.annotations));
  how.namespace_labels = std::move(labels);
  how.namespace_annotations = std::move(annotations);
  how.journal = context.env.state_dir() + "/conformance/" + id + ".jsonl";
  WEFT_TRY(session, open_session(context, options.cluster, Tools::kubectl));
  const std::string& program = session.kubectl_program().path;
  how.kubectl = {program, "--context=" + session.context_name()};
  if (!options.cluster.kubeconfig.empty())
    how.kubectl.push_back("--kubeconfig=" + options.cluster.kubeconfig);
  Place out;
  // Without the stop flag: what was made is removed after an interrupt, too.
  out.cluster = std::make_unique<kube::Kubectl>(
      context.runner, kube::KubectlOptions{.program = program,
                                           .context = session.context_name(),
                                           .kubeconfig = options.cluster.kubeconfig});
  out.driver = std::make_unique<conform::KubectlDriver>(
      std::move(how), *out.cluster, context.runner, context.clock, context.stop);
  return out;
}

// A program that ends with something else than 0 fails the test.
Result<void> run_script(Context& context, const conform::ScriptStep& step) {
  proc::Command command{.argv = step.command};
  command.deadline = step.timeout;
  command.stop = &context.stop;
  WEFT_TRY(done, context.runner.run(command));
  if (done.exit_code == 0) return {};
  return Error{ExitCode::no, fmt::format("{} ended with {}", step.command.front(), done.exit_code)}
      .because(std::string(base::trim(done.err)));
}

Result<void> check_features(const std::vector<conform::OpenSuite>& suites,
                            const std::vector<std::string>& wanted) {
  if (wanted.empty()) return {};
  std::vector<std::string> known;
  for (const conform::OpenSuite& opened : suites)
    for (const std::string& name : conform::features_of(conform::read_suite(opened.document).suite))
      known.push_back(name);
  for (const std::string& text : wanted) {
    const std::string name = text.substr(text.starts_with('-') ? 1 : 0);
    if (std::ranges::count(known, name) == 0)
      return Error{ExitCode::usage, fmt::format("--feature {}: no test of these suites needs it{}",
                                                text, base::did_you_mean(name, known))};
  }
  return {};
}

ExitCode code_of(const conform::Run& run, bool strict) {
  switch (verdict_of(run)) {
    case conform::Verdict::fail:
      return ExitCode::no;
    case conform::Verdict::error:
      return ExitCode::invalid;
    case conform::Verdict::inconclusive:
      return strict ? ExitCode::invalid : ExitCode::done;
    default:
      return ExitCode::done;
  }
}

Result<ExitCode> run(Context& context, const Options& options) {
  std::vector<conform::OpenSuite> suites;
  for (const std::string& name :
       options.suites.empty() ? conform::shipped_suites() : options.suites) {
    WEFT_TRY(opened, conform::open_suite(name));
    suites.push_back(std::move(opened));
  }
  WEFT_CHECK(check_features(suites, options.features));
  const std::string id = base::new_id(context.clock.wall());
  const Folder folder(id);
  const bool local = options.driver == "local";
  WEFT_TRY(place, local ? local_place(context, options, folder.path())
                        : cluster_place(context, options, id));
  conform::RunOptions how{.clock = context.clock, .stop = context.stop, .id = id};
  how.api_version = options.api_version;
  how.only = options.only;
  how.settle_limit = options.settle_limit;
  how.features = options.features;
  if (options.allow_script)
    how.script = [&](const conform::ScriptStep& step) { return run_script(context, step); };
  how.on_test = [&](const conform::SuiteSpec& suite, const conform::Test& test) {
    if (!context.quiet)
      context.err << fmt::format("{} {}: {}\n", suite.name, test.id, name_of(test.verdict))
                  << std::flush;
  };
  WEFT_TRY(result, conform::run_suites(*place.driver, suites, how));
  result.mesh.name = local ? "reference" : options.mesh.empty() ? "unknown" : options.mesh;
  if (!local) result.sample_app = options.image;
  if (!options.broken.empty())
    result.deviations.push_back("broken on purpose: " + base::join(options.broken, ", "));
  const std::string text = doc::write_json(conform::run_to_json(result)) + "\n";
  if (!options.out.empty()) WEFT_CHECK(base::write_file(options.out, text));
  WEFT_CHECK(conformance_store(context).save(id, {{"result.json", text}}));
  if (is_structured(context))
    print(context, conform::run_to_json(result));
  else
    context.out << result_table(result, context.out_term);
  if (context.stop.requested()) return ExitCode::interrupted;
  return code_of(result, options.strict);
}

std::string description() {
  std::string out =
      "Runs suites and says what follows from what was seen. In a cluster it makes a namespace of "
      "its own, talks to it by kubectl alone, and removes it at the end; weft conformance clean "
      "does so after a run that was killed. The driver local needs no cluster: "
      "every application is a weft serve in a network namespace of its own, beside an nginx that "
      "stands for the proxy of a mesh that conforms. With --break that mesh does one thing wrong, "
      "to see whether the tests find it:\n";
  for (const conform::Mutant& mutant : conform::mutants())
    out += fmt::format("\n  {}: {}", mutant.name, mutant.meaning);
  return out;
}

std::vector<cli::Candidate> mutant_candidates(Context&, std::string_view) {
  std::vector<cli::Candidate> out;
  for (const conform::Mutant& mutant : conform::mutants())
    out.push_back({std::string(mutant.name), std::string(mutant.meaning)});
  return out;
}

}  // namespace

cli::Command conformance_run_command() {
  auto options = std::make_shared<Options>();
  auto& o = *options;
  return {
      .name = "run",
      .summary = "Run suites against a mesh",
      .description = description(),
      .examples = {{"weft conformance run smi-traffic-split --mesh linkerd --namespace-annotation "
                    "linkerd.io/inject=enabled --image registry/weft:0.1.0",
                    "a mesh in the cluster"},
                   {"weft conformance run --driver local", "the reference mesh, here"},
                   {"weft conformance run --driver local --break weights-ignored",
                    "does a test notice?"},
                   {"weft conformance run --out result.json", "schema weft.conformance-result/v1"}},
      .arguments = {cli::argument("SUITE", o.suites, "a shipped suite or a file; all shipped ones")
                        .optional()
                        .completes(suite_candidates)},
      .flags = with_cluster_flags(
          o.cluster,
          {cli::flag("--driver", o.driver, "where to run").one_of({"kubectl", "local"}),
           cli::flag("--mesh", o.mesh, "name of the mesh, for the result").takes("NAME"),
           cli::flag("--image", o.image,
                     "image of the sample application; weft image export makes one")
               .in("Cluster"),
           cli::flag("--namespace-label", o.labels, "label that has the mesh inject its proxy")
               .takes("KEY=VALUE")
               .in("Cluster"),
           cli::flag("--namespace-annotation", o.annotations, "likewise an annotation")
               .takes("KEY=VALUE")
               .in("Cluster"),
           cli::flag("--run-test", o.only, "only this test").takes("ID"),
           cli::flag("--api-version", o.api_version, "only this version of the APIs that have it")
               .takes("VERSION"),
           cli::flag("--settle-limit", o.settle_limit,
                     "wait no longer for a change to take effect; above 30s is no standard"),
           cli::flag("--break", o.broken, "what the reference mesh does wrong")
               .takes("MUTANT")
               .completes(mutant_candidates),
           cli::flag("--feature", o.features,
                     "a feature that the mesh declares; -NAME: all but this; all when not given")
               .takes("NAME"),
           cli::flag("--allow-script", o.allow_script, "run the programs of script steps"),
           cli::flag("--strict", o.strict, "inconclusive tests fail the run"),
           cli::flag("--out", o.out, "write the result there").takes("FILE")}),
      .exit_notes = {{ExitCode::done, "no test failed"},
                     {ExitCode::no, "a test failed"},
                     {ExitCode::tool, "root, ip or nginx is missing"},
                     {ExitCode::invalid, "a test could not be carried out"}},
      .run = [options](Context& context) { return run(context, *options); }};
}

}  // namespace weft::cmd
