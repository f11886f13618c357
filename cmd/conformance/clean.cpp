#include <algorithm>
#include <memory>
#include <ostream>

#include "cmd/conformance/conformance.h"
#include "cmd/conformance/place.h"
#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/conform/local_driver.h"
#include "lib/conform/remains.h"
#include "lib/conform/run_processes.h"

namespace weft::cmd {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;
using Journals = std::vector<conform::JournalFile>;

struct Options {
  ClusterFlags cluster;
  std::string driver = "kubectl";
  std::vector<std::string> runs;
  bool expired = false;
  bool all = false;
  bool force_finalizers = false;

  bool wants(const std::string& run, bool is_over) const {
    return all || (expired && is_over) || std::ranges::count(runs, run) > 0;
  }
};

// Journals of such runs, here or in that cluster, whose process is gone.
Journals dead_journals(const Context& context, std::string_view driver, std::string_view place) {
  auto out = conform::read_journals(journal_folder(context));
  std::erase_if(out, [&](const conform::JournalFile& journal) {
    return journal.head.driver != driver || journal.head.place != place ||
           journal.head.process.runs();
  });
  return out;
}

const conform::JournalFile* journal_of(const Journals& journals, const std::string& run) {
  const auto found = std::ranges::find_if(
      journals, [&](const conform::JournalFile& one) { return one.head.run == run; });
  return found == journals.end() ? nullptr : &*found;
}

// A namespace that the journal knows by another uid was made by somebody else.
bool is_foreign(const conform::JournalFile* journal, const conform::Remains& one) {
  return journal != nullptr && std::ranges::any_of(journal->made, [&](const conform::Made& made) {
           return made.kind == "Namespace" && made.name == one.ns && !made.uid.empty() &&
                  made.uid != one.uid;
         });
}

ExitCode tell(Context& context, const std::vector<std::string>& removed,
              const std::vector<std::string>& left) {
  for (const std::string& one : removed) context.out << fmt::format("removed {}\n", one);
  for (const std::string& one : left) context.err << fmt::format("left over: {}\n", one);
  if (removed.empty() && left.empty() && !context.quiet) context.err << "nothing to remove\n";
  return left.empty() ? ExitCode::done : ExitCode::no;
}

Result<ExitCode> clean_machine(Context& context, const Options& options) {
  std::vector<std::string> removed, left;
  for (const conform::JournalFile& journal : dead_journals(context, "local", "")) {
    if (!options.wants(journal.head.run, true)) continue;
    conform::end_processes(journal.head.run);
    const auto kept = conform::clean_local(journal, context.runner);
    left.insert(left.end(), kept.begin(), kept.end());
    if (!kept.empty()) continue;
    conform::remove_journal(journal);
    removed.push_back("run " + journal.head.run);
  }
  return tell(context, removed, left);
}

Result<ExitCode> clean_cluster(Context& context, const Options& options) {
  WEFT_TRY(session, open_session(context, options.cluster, Tools::kubectl));
  const auto journals = dead_journals(context, "kubectl", session.context_name());
  for (const conform::JournalFile& journal : journals)
    if (options.wants(journal.head.run, true)) conform::end_processes(journal.head.run);
  WEFT_TRY(remains, conform::find_remains(session.cluster()));
  std::vector<conform::Remains> chosen;
  for (const conform::Remains& one : remains) {
    const auto* journal = journal_of(journals, one.run);
    const bool over =
        conform::is_expired(one, context.clock.wall()) || (journal != nullptr && !one.kept);
    if (options.wants(one.run, over) && !is_foreign(journal, one))
      chosen.push_back(one);
    else if (!context.quiet)
      context.err << fmt::format("kept: {}{}\n", one.ns,
                                 is_foreign(journal, one) ? ", which the run did not make" : "");
  }
  const auto left =
      conform::remove_remains(session.cluster(), chosen,
                              {.timeout = std::min<base::Nanoseconds>(std::chrono::seconds(60),
                                                                      session.left(context.clock)),
                               .force_finalizers = options.force_finalizers});
  if (left.empty())
    for (const conform::JournalFile& journal : journals)
      if (options.wants(journal.head.run, true)) conform::remove_journal(journal);
  std::vector<std::string> removed;
  if (left.empty())
    for (const conform::Remains& one : chosen) removed.push_back("namespace " + one.ns);
  return tell(context, removed, left);
}

Result<ExitCode> run(Context& context, const Options& options) {
  if (options.runs.empty() && !options.expired && !options.all)
    return Error{ExitCode::usage, "nothing says what to clean",
                 "give --run ID, --expired or --all"};
  return options.driver == "local" ? clean_machine(context, options)
                                   : clean_cluster(context, options);
}

}  // namespace

cli::Command conformance_clean_command() {
  auto options = std::make_shared<Options>();
  auto& o = *options;
  return {
      .name = "clean",
      .summary = "Remove what runs that were killed have left",
      .description =
          "Everything a run makes in a cluster is in namespaces weft-<run>-<n> with the labels "
          "weft.dev/run and weft.dev/expires and a Lease that the run renews; namespaces whose "
          "name and label do not agree are left alone, as are those that a run on this machine "
          "noted with another uid. That needs no file of the run. What the driver local makes, "
          "processes, network namespaces and files, is found by the journal of the run.",
      .examples = {{"weft conformance clean --expired", "of runs that are over or dead"},
                   {"weft conformance clean --run 20260301-120000-k3f9x2", "one run"},
                   {"weft conformance clean --driver local --all", "on this machine"}},
      .flags = with_cluster_flags(
          o.cluster,
          {cli::flag("--run", o.runs, "this run").takes("ID"),
           cli::flag("--expired", o.expired,
                     "runs whose time is over, or that nobody carries on: their lease ended, or "
                     "their process here is gone"),
           cli::flag("--all", o.all, "every run, in a cluster also one that is going on"),
           cli::flag("--driver", o.driver, "where the runs were").one_of({"kubectl", "local"}),
           cli::flag("--force-finalizers", o.force_finalizers,
                     "take finalizers away from what does not go otherwise")
               .in("Cluster")}),
      .exit_notes = {{ExitCode::no, "something is left over"}},
      .run = [options](Context& context) { return run(context, *options); }};
}

}  // namespace weft::cmd
