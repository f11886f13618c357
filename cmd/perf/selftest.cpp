#include <memory>
#include <ostream>

#include "cmd/output.h"
#include "cmd/perf/perf.h"
#include "lib/base/format.h"
#include "lib/perf/record.h"
#include "lib/perf/selftest.h"
#include "lib/report/figure.h"
#include "lib/smp/run_names.h"
#include "lib/term/table.h"

namespace weft::cmd {
namespace {

using base::ExitCode;
using base::Result;
using term::Align;

struct Options {
  double qps = 1000;
  base::Nanoseconds duration = std::chrono::seconds(5);
  std::int64_t connections = 50;
};

std::string_view verdict_of(const perf::SelftestLaw& law) {
  return smp::name_of(perf::to_smp(law.outcome.verdict));
}

std::string table_of(const std::vector<perf::SelftestLaw>& laws, const term::Terminal& terminal) {
  std::string out;
  for (const auto& law : laws) {
    term::Table table{{{"latency"},
                       {"truth", Align::right},
                       {"measured", Align::right},
                       {"error", Align::right}}};
    for (const auto& row : law.rows)
      table.rows.push_back({{fmt::format("p{}", row.percentile)},
                            {report::milliseconds(row.truth_ms)},
                            {report::milliseconds(row.measured_ms)},
                            {fmt::format("{:+.3f} ms", row.error_ms())}});
    out += fmt::format("{}: {}\n{}", law.name, law.meaning, term::render(table, terminal));
    out += fmt::format("verdict  {}\n", verdict_of(law));
    for (const auto& reason : law.outcome.reasons) out += fmt::format("  - {}\n", reason);
    out += '\n';
  }
  return out;
}

doc::Value document_of(const std::vector<perf::SelftestLaw>& laws, const Options& options) {
  doc::Value list = doc::Value::list();
  for (const auto& law : laws) {
    doc::Value rows = doc::Value::list();
    for (const auto& row : law.rows) {
      doc::Value item;
      item.set("percentile", row.percentile)
          .set("truth_us", row.truth_ms * 1000)
          .set("measured_us", row.measured_ms * 1000)
          .set("error_us", row.error_ms() * 1000);
      rows.push(std::move(item));
    }
    doc::Value item;
    item.set("name", law.name)
        .set("meaning", law.meaning)
        .set("verdict", std::string(verdict_of(law)))
        .set("percentiles", std::move(rows));
    list.push(std::move(item));
  }
  doc::Value out;
  out.set("schema", "weft.perf-selftest/v1").set("qps", options.qps).set("laws", std::move(list));
  return out;
}

Result<ExitCode> run(Context& context, const Options& options) {
  if (options.connections < 1 || options.connections > 10'000)
    return base::Error{ExitCode::usage, fmt::format("--connections is {}", options.connections),
                       "give 1 to 10000"};
  if (options.duration < std::chrono::seconds(1))
    return base::Error{ExitCode::usage, "--duration is less than 1s", "give 1s or more"};
  const auto announce = [&](const perf::SelftestLaw& law) {
    if (!context.quiet)
      context.err << fmt::format("measuring for {}: {}\n", base::format_duration(options.duration),
                                 law.meaning)
                  << std::flush;
  };
  WEFT_TRY(laws, perf::run_selftest({.qps = options.qps,
                                     .duration = options.duration,
                                     .connections = static_cast<unsigned>(options.connections)},
                                    announce, context.stop));
  if (is_structured(context))
    print(context, document_of(laws, options));
  else
    context.out << table_of(laws, context.out_term);
  if (context.stop.requested()) return ExitCode::interrupted;
  for (const auto& law : laws)
    if (law.outcome.verdict == load::Verdict::invalid) return ExitCode::invalid;
  return ExitCode::done;
}

}  // namespace

cli::Command perf_selftest_command() {
  auto options = std::make_shared<Options>();
  return {
      .name = "selftest",
      .summary = "Tell how exactly this machine measures",
      .description =
          "Measures a server started in here whose latency is known: fixed, of two kinds, and with "
          "stalls. The errors are those of the generator, the server and the loopback together; "
          "they are what figures of a run from here can be wrong by.",
      .examples = {{"weft perf selftest", "15 seconds at 1000 requests per second"},
                   {"weft perf selftest --qps 10000 -d 10s", "at the rate of a run to come"}},
      .flags =
          {cli::flag("--qps", options->qps, "requests per second"),
           cli::flag("--duration", options->duration, "how long to measure each law").as('d'),
           cli::flag("--connections", options->connections, "connections to the server").as('c')},
      .exit_notes = {{ExitCode::invalid, "the generator could not keep up"},
                     {ExitCode::interrupted, "interrupted; the laws so far are shown"}},
      .run = [options](Context& context) { return run(context, *options); }};
}

}  // namespace weft::cmd
