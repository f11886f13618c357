#include <array>
#include <memory>
#include <ostream>

#include "cmd/meshmark/meshmark.h"
#include "cmd/output.h"
#include "cmd/perf/comparison_table.h"
#include "cmd/perf/distribute.h"
#include "cmd/perf/measure.h"
#include "cmd/perf/perf.h"
#include "cmd/perf/profile.h"
#include "cmd/perf/results.h"
#include "cmd/perf/target.h"
#include "lib/base/format.h"
#include "lib/perf/mesh_pair.h"
#include "lib/perf/overhead.h"
#include "lib/perf/repeated.h"
#include "lib/perf/results.h"
#include "lib/term/table.h"

namespace weft::cmd {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;
using term::Align;

constexpr std::int64_t kMostRuns = 1000;

struct Options {
  std::optional<std::string> meshed, plain;  // URLs
  perf::Namespaces names;                    // or these
  std::int64_t runs = 5;
  RunOptions load;
  std::string method = "headroom";
  bool save = true;
};

// 0 is the service without the mesh.
using Sides = std::array<perf::PairSide, 2>;

Result<Sides> sides_of(Context& context, Options& options) {
  const bool pair = !options.names.meshed.empty() || !options.names.plain.empty();
  if (pair && (options.names.meshed.empty() || options.names.plain.empty() || options.meshed))
    return Error{ExitCode::usage, "a pair is two URLs or two namespaces",
                 "weft perf overhead --meshed-namespace NS --plain-namespace NS"};
  if (!pair) {
    if (!options.plain)
      return Error{ExitCode::usage, "overhead needs the service with the mesh and without it",
                   "weft perf overhead URL_MESHED URL_PLAIN"};
    return Sides{perf::PairSide{*options.plain, {}}, perf::PairSide{*options.meshed, {}}};
  }
  options.load.pods.wanted = true;  // such names mean something in the cluster only
  WEFT_TRY(session, open_session(context, options.load.pods.cluster, Tools::kubectl));
  return perf::find_pair(session.cluster(), options.names);
}

Result<PerfJob> plan_side(Context& context, const Options& options, const perf::PairSide& side,
                          bool meshed) {
  RunOptions load = options.load;
  load.url = side.url;
  if (!meshed) load.pods.mesh.clear();
  load.usage.insert(load.usage.end(), side.usage.begin(), side.usage.end());
  WEFT_TRY(jobs, plan_jobs(context, load));
  if (jobs.size() > 1)
    return Error{ExitCode::usage, "overhead measures one load, the profile has several phases",
                 "give a profile without phases"};
  WEFT_CHECK(distribute(context, load, jobs));
  jobs.front().cluster = &options.load.pods.cluster;
  return std::move(jobs.front());
}

Result<std::array<std::vector<smp::Run>, 2>> measure_sides(Context& context, Options& options) {
  WEFT_TRY(sides, sides_of(context, options));
  WEFT_TRY(plain, plan_side(context, options, sides[0], false));
  WEFT_TRY(meshed, plan_side(context, options, sides[1], true));
  return measure_in_turn(context, {&plain, &meshed}, static_cast<int>(options.runs), options.save);
}

std::string figure(const char* format, std::optional<double> value) {
  return value ? fmt::format(fmt::runtime(format), *value) : "-";
}

void print_costs(Context& context, const perf::Overhead& overhead) {
  if (overhead.costs.empty()) {
    context.out << "\nCPU and memory are not known: name where to read them with --usage\n";
    return;
  }
  term::Table table{.columns = {{"part"},
                                {"mesh"},
                                {"cpu", Align::right},
                                {"cpu per 1000 requests", Align::right},
                                {"memory", Align::right},
                                {"memory at 1000/s", Align::right}}};
  for (const perf::PartCost& cost : overhead.costs)
    table.rows.push_back({{cost.part},
                          {cost.meshed ? "with" : "without"},
                          {figure("{:.1f} m", cost.usage.cpu_mcores)},
                          {figure("{:.3f} s", cost.cpu_s_per_1000)},
                          {figure("{:.1f} MB", cost.usage.mem_mb)},
                          {figure("{:.1f} MB", cost.mb_per_1000qps)}});
  context.out << '\n' << render(table, context.out_term);
}

void print_mark(Context& context, const perf::Overhead& overhead) {
  if (!overhead.mark) {
    context.out << fmt::format("\nno MeshMark: {}\n", overhead.no_mark);
    return;
  }
  context.out << '\n'
              << meshmark_headline(*overhead.mark)
              << meshmark_details(*overhead.mark, context.out_term);
}

std::vector<cli::Flag> overhead_flags(Options& options) {
  std::vector<cli::Flag> flags{
      cli::flag("--runs", options.runs, "measure each so often, in turn"),
      cli::flag("--meshmark", options.method,
                "judge compute and memory against a budget, or against the application's use")
          .one_of({"headroom", "share"}),
      cli::flag("--meshed-namespace", options.names.meshed, "namespace of the service in the mesh")
          .takes("NAMESPACE"),
      cli::flag("--plain-namespace", options.names.plain,
                "namespace of the same service without it")
          .takes("NAMESPACE"),
      cli::flag("--service", options.names.service, "the service, where they have several")
          .takes("NAME[:PORT]"),
      cli::flag("--path", options.names.path, "what to ask it for").takes("PATH"),
      cli::flag("--save", options.save, "keep the results of all runs")};
  for (cli::Flag& flag : shared_load_flags(options.load))
    if (flag.name != "--serve" && flag.name != "--dry-run") flags.push_back(std::move(flag));
  return noted(std::move(flags), options.load);
}

Result<ExitCode> overhead(Context& context, Options& options) {
  WEFT_CHECK(apply_profile(context, options.load, "overhead", overhead_flags(options)));
  if (options.runs < 2 || options.runs > kMostRuns)
    return Error{ExitCode::usage, fmt::format("--runs is {}", options.runs),
                 fmt::format("give 2 to {}; 5 tell something", kMostRuns)};
  WEFT_TRY(runs, measure_sides(context, options));
  const auto method =
      options.method == "share" ? smp::MeshMarkMethod::share : smp::MeshMarkMethod::headroom;
  WEFT_TRY(overhead, perf::overhead_of(runs[0], runs[1], method));
  const auto& repeated = overhead.repeated;
  if (is_structured(context)) {
    print(context, perf::overhead_to_json(overhead));
  } else {
    context.out << comparison_text(repeated.sides, repeated.comparison, context.out_term);
    print_costs(context, overhead);
    print_mark(context, overhead);
  }
  return repeated.comparison.invalid ? ExitCode::invalid : ExitCode::done;
}

}  // namespace

cli::Command perf_overhead_command() {
  auto options = std::make_shared<Options>();
  return {
      .name = "overhead",
      .summary = "Measure what a mesh costs: the same service with it and without",
      .description =
          "Both URLs are measured N times each, in the order A B B A, with the same load. What "
          "differs is told with its interval; CPU and memory of the parts named by --usage are "
          "told per 1000 requests, and all of it becomes a MeshMark. Of two namespaces it is the "
          "service that both have, and the load comes from pods (--in-cluster); --inject takes "
          "those that measure the mesh into it. The use of the service's own containers and of "
          "those that the mesh has added is read without --usage.",
      .examples = {{"weft perf overhead http://shop.meshed/ http://shop.plain/ --qps 500 -d 30s "
                    "--usage dp=pods:meshed/app=shop/istio-proxy "
                    "--usage cp=pods:istio-system/app=istiod",
                    "from the metrics server"},
                   {"weft perf overhead --meshed-namespace shop --plain-namespace shop-plain "
                    "--inject istio --qps 500 -d 60s -n load",
                    "one service in two namespaces, measured from pods"},
                   {"weft perf overhead http://127.0.0.1:15001/ http://127.0.0.1:8080/ --qps 500 "
                    "--usage dp=pid:4711",
                    "a proxy on this machine"}},
      .arguments =
          {cli::argument("URL_MESHED", options->meshed, "the service behind the mesh").optional(),
           cli::argument("URL_PLAIN", options->plain, "the same service without it").optional()},
      .flags = overhead_flags(*options),
      .exit_notes = {{ExitCode::timeout, "a target never answered"},
                     {ExitCode::invalid, "one of the runs is invalid"}},
      .run = [options](Context& context) { return overhead(context, *options); }};
}

}  // namespace weft::cmd
