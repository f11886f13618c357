#include <algorithm>
#include <memory>
#include <ostream>

#include "cmd/conformance/conformance.h"
#include "cmd/conformance/place.h"
#include "cmd/conformance/result_table.h"
#include "cmd/conformance/results.h"
#include "cmd/output.h"
#include "lib/base/file.h"
#include "lib/base/format.h"
#include "lib/base/id.h"
#include "lib/base/text.h"
#include "lib/conform/features.h"
#include "lib/conform/formats.h"
#include "lib/conform/local_driver.h"
#include "lib/conform/runner.h"
#include "lib/doc/write.h"

namespace weft::cmd {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;

constexpr std::int64_t kMaxScale = 20;

struct Options {
  std::vector<std::string> suites;
  PlaceFlags place;
  std::vector<std::string> only;
  std::string api_version, out, challenge;
  std::string keep = "never";
  std::int64_t parallel = 4;
  base::Nanoseconds settle_limit = std::chrono::seconds(30);
  std::vector<std::string> features;
  ImplementationFlags implementation;
  bool strict = false;
  bool allow_script = false;
};

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
    case conform::Verdict::skip:
      return strict ? ExitCode::invalid : ExitCode::done;
    default:
      return ExitCode::done;
  }
}

conform::Keep keep_of(std::string_view word) {
  return word == "always"   ? conform::Keep::always
         : word == "failed" ? conform::Keep::failed
                            : conform::Keep::never;
}

// What is told while the run goes on, and kept of it besides the result.
struct Told {
  Context& context;
  std::string id;
  perf::Store::Files files{};

  void listen(conform::RunOptions& how) {
    how.on_test = [this](const conform::SuiteSpec& suite, const conform::Test& test) {
      if (context.quiet) return;
      context.err << fmt::format("{} {}: {}\n", suite.name, test.id, name_of(test.verdict))
                  << std::flush;
    };
    how.on_evidence = [this](std::string_view lines) { files["evidence.jsonl"] += lines; };
    how.on_diagnosis = [this](const conform::Test& test, const std::string& text) {
      files["diagnosis-" + test.id + ".txt"] = text;
    };
    how.on_clean = [this](bool stopped) {
      if (!stopped) return;
      context.err << fmt::format(
                         "stopping and cleaning up; interrupted once more, what is left goes with: "
                         "weft conformance clean --run {}\n",
                         id)
                  << std::flush;
    };
  }
};

Result<ExitCode> finish(Context& context, const Options& options, conform::Run& result,
                        Told& told) {
  const std::string reference = options.place.envoy.empty() ? "reference" : "reference-envoy";
  result.mesh.name = options.place.local()               ? reference
                     : options.place.recipe.mesh.empty() ? "unknown"
                                                         : options.place.recipe.mesh;
  fill_in(options.implementation, result.mesh);
  result.challenge = options.challenge;
  if (!options.place.broken.empty())
    result.deviations.push_back("broken on purpose: " + base::join(options.place.broken, ", "));
  const std::string text = doc::write_json(conform::run_to_json(result)) + "\n";
  if (!options.out.empty()) WEFT_CHECK(base::write_file(options.out, text));
  told.files["result.json"] = text;
  WEFT_CHECK(conformance_store(context).save(result.id, told.files));
  if (context.output == Output::junit)
    context.out << conform::junit_xml(result, options.strict);
  else if (is_structured(context))
    print(context, conform::run_to_json(result));
  else
    context.out << result_table(result, context.out_term);
  const bool clean = !result.cleanup || result.cleanup->complete;
  if (!clean)
    context.err << fmt::format("left over: {}\n  try: weft conformance clean --run {}\n",
                               base::join(result.cleanup->leftovers, ", "), result.id);
  if (context.stop.requested()) return ExitCode::interrupted;
  const ExitCode code = code_of(result, options.strict);
  return code == ExitCode::done && !clean ? ExitCode::invalid : code;
}

Result<ExitCode> run(Context& context, const Options& options) {
  std::vector<conform::OpenSuite> suites;
  for (const std::string& wanted :
       options.suites.empty() ? conform::shipped_suites() : options.suites)
    for (const std::string& name : conform::suites_named(wanted)) {
      WEFT_TRY(opened, conform::open_suite(name));
      suites.push_back(std::move(opened));
    }
  WEFT_CHECK(check_features(suites, options.features));
  if (options.place.timeout_scale < 1 || options.place.timeout_scale > kMaxScale)
    return Error{ExitCode::usage, fmt::format("--timeout-scale {} is not 1 to {}",
                                              options.place.timeout_scale, kMaxScale)};
  const base::MonoTime begun = context.clock.monotonic();
  const std::string id = base::new_id(context.clock.wall());
  WEFT_TRY(place, open_place(context, options.place, id));
  conform::RunOptions how{.clock = context.clock, .stop = context.stop, .id = id};
  how.api_version = options.api_version;
  how.only = options.only;
  how.settle_limit = options.settle_limit;
  how.timeout_scale = options.place.timeout_scale;
  how.deadline = begun + options.place.cluster.timeout * options.place.timeout_scale;
  how.features = options.features;
  if (options.allow_script)
    how.script = [&](const conform::ScriptStep& step) { return run_script(context, step); };
  how.workers = static_cast<unsigned>(std::clamp<std::int64_t>(options.parallel, 1, 64));
  how.keep = keep_of(options.keep);
  Told told{context, id};
  told.listen(how);
  auto result = conform::run_suites(*place.driver, suites, how);
  const bool kept = result.ok() && how.keep != conform::Keep::never;
  if (!kept) place.clear();
  if (!result.ok()) return std::move(result).error();
  return finish(context, options, *result, told);
}

constexpr const char* kDescription =
    "Runs suites and says what follows from what was seen. In a cluster it makes a namespace of "
    "its own, talks to it by kubectl alone, and removes it at the end; weft conformance clean "
    "does so after a run that was killed. The driver local needs no cluster: "
    "every application is a weft serve in a network namespace of its own, beside an nginx that "
    "stands for the proxy of a mesh that conforms, or with --envoy an Envoy. With --break that "
    "mesh does one thing wrong, to see whether the tests find it: weft conformance reference "
    "--help lists what.";

}  // namespace

cli::Command conformance_run_command() {
  auto options = std::make_shared<Options>();
  auto& o = *options;
  return {
      .name = "run",
      .summary = "Run suites against a mesh",
      .description = kDescription,
      .examples = {{"weft conformance run smi-traffic-split --mesh linkerd --namespace-annotation "
                    "linkerd.io/inject=enabled --image registry/weft:0.1.0",
                    "a mesh in the cluster"},
                   {"weft conformance run smi --mesh osm", "all suites of the SMI"},
                   {"weft conformance run --driver local", "the reference mesh, here"},
                   {"weft conformance run --driver local --break weights-ignored",
                    "does a test notice?"},
                   {"weft conformance run smi -o junit > junit.xml", "for CI"},
                   {"weft conformance run --out result.json", "schema weft.conformance-result/v1"}},
      .arguments = {cli::argument(
                        "SUITE", o.suites,
                        "a shipped suite, a family of them (smi, gateway-mesh, mtls) or a file; "
                        "all shipped ones")
                        .optional()
                        .completes(suite_candidates)},
      .flags = with_place_flags(
          o.place,
          with_implementation_flags(
              o.implementation,
              {cli::flag("--run-test", o.only, "only this test").takes("ID"),
               cli::flag("--api-version", o.api_version,
                         "only this version of the APIs that have it")
                   .takes("VERSION"),
               cli::flag("--settle-limit", o.settle_limit,
                         "wait no longer for a change to take effect; above 30s is no standard"),
               cli::flag("--parallel", o.parallel,
                         "tests at the same time, as far as they allow it")
                   .takes("N"),
               cli::flag("--keep", o.keep, "namespaces that stay for a look at them")
                   .one_of({"never", "failed", "always"})
                   .in("Cluster"),
               cli::flag(
                   "--feature", o.features,
                   "a feature that the mesh declares; -NAME: all but this; all when not given")
                   .takes("NAME"),
               cli::flag("--challenge", o.challenge,
                         "text from whom the result is for, who then knows that it is no older")
                   .takes("TEXT"),
               cli::flag("--allow-script", o.allow_script, "run the programs of script steps"),
               cli::flag("--strict", o.strict,
                         "a run that stays inconclusive, or tested nothing, fails"),
               cli::flag("--out", o.out, "write the result there").takes("FILE")})),
      .exit_notes = {{ExitCode::done, "no test failed"},
                     {ExitCode::no, "a test failed"},
                     {ExitCode::tool, "root, ip or nginx is missing"},
                     {ExitCode::invalid, "a test could not be carried out"}},
      .outputs = {"junit"},
      .run = [options](Context& context) { return run(context, *options); }};
}

}  // namespace weft::cmd
