#include "cmd/validate/validate.h"

#include <algorithm>
#include <deque>
#include <memory>
#include <ostream>
#include <span>

#include "cmd/output.h"
#include "cmd/validate/inputs.h"
#include "cmd/validate/schemas.h"
#include "lib/base/cpus.h"
#include "lib/base/file.h"
#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/base/version.h"
#include "lib/doc/decode.h"
#include "lib/doc/write.h"
#include "lib/rules/fix.h"
#include "lib/rules/objects.h"
#include "lib/rules/render.h"

namespace weft::cmd {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;

struct Options {
  InputFlags input;
  std::string fail_on = "error";
  std::vector<std::string> only;
  std::vector<std::string> skip;
  std::vector<std::string> ignore;
  std::optional<std::string> baseline;
  std::optional<std::string> write_baseline;
  std::vector<std::string> known_namespaces;
  std::vector<std::string> schemas;
  bool complete = false;
  bool fix = false;
  bool diff = false;
  bool istio_codes = false;
  bool list_rules = false;
};

rules::Severity severity_named(std::string_view name) {
  if (name == "error") return rules::Severity::error;
  return name == "warning" ? rules::Severity::warning : rules::Severity::info;
}

Result<void> check_names(const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    std::vector<std::string> known;
    bool found = false;
    for (const rules::Rule& rule : rules::all_rules()) {
      known.emplace_back(rule.id);
      known.emplace_back(rule.slug);
      found = found || rules::names_rule(name, rule);
    }
    if (!found)
      return Error{ExitCode::usage,
                   fmt::format("there is no rule {}{}", name, base::did_you_mean(name, known)),
                   "weft validate --list-rules"};
  }
  return {};
}

Result<std::set<std::string>> read_baseline(const std::string& path) {
  WEFT_TRY(text, base::read_file(path));
  WEFT_TRY(document, doc::read_json(doc::Source(path, std::move(text))));
  std::set<std::string> known;
  std::vector<std::string> list;
  doc::Fields fields(document, doc::Unknown::ignored);
  fields.need("fingerprints", list);
  WEFT_CHECK(fields.done());
  known.insert(list.begin(), list.end());
  return known;
}

Result<void> write_baseline(const std::string& path, const rules::Outcome& outcome) {
  doc::Value list = doc::Value::list();
  for (const std::string& one : rules::fingerprints(outcome)) list.push(one);
  doc::Value document;
  document.set("schema", "weft.baseline/v1").set("fingerprints", std::move(list));
  return base::write_file(path, doc::write_json(document));
}

Result<rules::Options> rule_options(Context& context, const Options& options) {
  const std::string today = base::format_rfc3339(context.clock.wall()).substr(0, 10);
  rules::Options out{
      .only = options.only, .skip = options.skip, .today = today, .workers = base::cpus().usable};
  WEFT_CHECK(check_names(options.only));
  WEFT_CHECK(check_names(options.skip));
  for (const std::string& text : options.ignore) {
    WEFT_TRY(suppression, rules::parse_suppression(text));
    WEFT_CHECK(check_names(suppression.rules));
    if (rules::is_expired(suppression, today) && !context.quiet)
      context.err << fmt::format("note: the suppression of {} ended on {}\n",
                                 base::join(suppression.rules, ","), suppression.until);
    out.ignored.push_back(std::move(suppression));
  }
  if (options.baseline) {
    WEFT_TRY(known, read_baseline(*options.baseline));
    out.baseline = std::move(known);
  }
  return out;
}

void print_findings(Context& context, const rules::Outcome& outcome, const rules::Inventory& in,
                    const Options& options) {
  switch (context.output) {
    case Output::json:
    case Output::yaml:
      print(context, rules::to_document(outcome, in));
      return;
    case Output::sarif:
      context.out << doc::write_json(rules::to_sarif(outcome, base::build_info().version));
      return;
    case Output::junit:
      context.out << rules::to_junit(outcome);
      return;
    case Output::github:
      context.out << rules::to_github(outcome);
      return;
    case Output::markdown:
      context.out << rules::to_markdown(outcome);
      return;
    case Output::name:
      for (const auto& finding : outcome.findings)
        context.out << fmt::format("{} {}\n", finding.rule->id,
                                   finding.source->where(finding.at).text());
      return;
    default:
      context.out << findings_text(outcome, in, options.istio_codes, context.out_term);
  }
}

// Makes the fixes, or shows them; then the files are as they were.
Result<void> fix_files(Context& context, const rules::Outcome& outcome, const rules::Inventory& in,
                       std::size_t editable, const Options& options) {
  std::size_t fixed = 0;
  for (const auto& file : std::span(in.files()).first(editable)) {
    const rules::FileEdit edit = rules::fixes_for(*file.source, outcome.findings);
    if (edit.lines.empty()) continue;
    fixed += edit.fixed;
    if (options.diff)
      context.out << rules::diff(*file.source, edit);
    else
      WEFT_CHECK(base::write_file(file.source->name(), rules::edited(*file.source, edit)));
  }
  if (!context.quiet)
    context.err << fmt::format("{} {}\n", options.diff ? "would fix" : "fixed",
                               base::plural(fixed, "finding"));
  return {};
}

Result<ExitCode> list_rules(Context& context) {
  if (is_structured(context)) return print(context, rules::rules_document());
  context.out << rules_text(context.out_term);
  return ExitCode::done;
}

rules::Settings settings_of(const Context& context, const Options& options, const Input& input) {
  rules::Settings settings{
      .complete = options.complete || (options.input.cluster && input.gaps.empty()),
      .default_namespace = options.input.ns(),
      .now = context.clock.wall(),
      .workers = base::cpus().usable};
  for (const kube::Gap& gap : input.gaps) settings.unread.push_back(gap.resource);
  settings.known_namespaces.insert(options.known_namespaces.begin(),
                                   options.known_namespaces.end());
  return settings;
}

// A pattern that nobody judged must not look like one without mistakes.
Result<void> tell_patterns(Context& context, const rules::Inventory& in) {
  constexpr std::string_view kUnread = "is a pattern: what it renders to is not checked";
  if (in.patterns().empty()) return {};
  if (in.all().empty())
    return Error{ExitCode::input, fmt::format("{} {}", in.patterns().front(), kUnread),
                 "--mesh NAME makes objects of what names no mesh"};
  if (!context.quiet)
    for (const std::string& name : in.patterns())
      context.err << fmt::format("note: {} {}\n", name, kUnread);
  return {};
}

// Nothing found in nothing must not look like nothing found.
void tell_nothing(Context& context, const rules::Inventory& in) {
  const auto holds_any = [](const doc::Manifests& file) {
    return !file.documents.empty() || !file.broken.empty();
  };
  if (!context.quiet && std::none_of(in.files().begin(), in.files().end(), holds_any))
    context.err << "note: there was nothing to check: no documents in the input\n";
}

Result<ExitCode> run(Context& context, const Options& options) {
  if (options.list_rules) return list_rules(context);
  WEFT_TRY(how, rule_options(context, options));
  WEFT_TRY(input, read_input(context, options.input));
  const rules::Settings settings = settings_of(context, options, input);
  const auto kinds = rules::kinds_of(input.files);
  WEFT_TRY(schemas, read_schemas(context, options.schemas, kinds));
  if (!input.live.empty() && !input.files.empty()) {
    WEFT_TRY(live_schemas, read_schemas(context, options.schemas, kinds));
    const rules::Inventory before({}, settings, std::move(live_schemas), input.live);
    how.live = rules::fingerprints(rules::validate(before, how));
  }
  // Kept until the process is gone: to take millions of values apart costs as much as a rule.
  static auto& kept = *new std::deque<rules::Inventory>();
  const rules::Inventory& in = kept.emplace_back(std::move(input.files), settings,
                                                 std::move(schemas), std::move(input.live));
  tell_nothing(context, in);
  WEFT_CHECK(tell_patterns(context, in));
  const rules::Outcome outcome = rules::validate(in, how);
  if (options.fix || options.diff) {
    WEFT_CHECK(fix_files(context, outcome, in, input.editable, options));
    return ExitCode::done;
  }
  print_findings(context, outcome, in, options);
  if (options.write_baseline) {
    WEFT_CHECK(write_baseline(*options.write_baseline, outcome));
    return ExitCode::done;
  }
  const bool fails = options.fail_on != "never" && outcome.reaches(severity_named(options.fail_on));
  return fails ? ExitCode::no : ExitCode::done;
}

constexpr const char* kDescription =
    "Checks manifests of Istio, Linkerd, Gateway API and other meshes, with the Services and "
    "workloads they are about, without a cluster. Folders are searched for .yaml, .yml and .json; "
    "broken documents are findings and the rest is still checked. Patterns are checked as the "
    "objects they stand for.\n\n"
    "With --cluster the objects of a cluster are checked. Files besides it take the place of its "
    "objects, as if they had been applied: findings that live objects have anyway are not shown. "
    "What a controller made of another object is left out, and so is what runs in kube-system.\n\n"
    "What rests on something not being there is a note marked partial, because it may exist "
    "elsewhere; with --complete it counts in full. A comment \"# weft:ignore RULE until=DATE "
    "reason=...\" hides a finding on its line or the next, at the head of a document in all of "
    "it; so do the annotations weft.layer5.io/ignore, galley.istio.io/analyze-suppress and "
    "kiali.io/ignore-validations.";

std::vector<cli::Flag> flags_of(Options& o) {
  std::vector<cli::Flag> flags{
      cli::flag("--fail-on", o.fail_on, "least severity that makes the exit code 1")
          .one_of({"error", "warning", "info", "never"})
          .from_config("validate.fail-on"),
      cli::flag("--complete", o.complete, "the input is all there is: what is absent is missing")
          .from_config("validate.complete"),
      cli::flag("--known-namespace", o.known_namespaces, "a namespace that exists elsewhere")
          .takes("NAME")
          .from_config("validate.known-namespaces"),
      cli::flag("--schema-location", o.schemas,
                "schemas besides those pulled: a file, a folder, or a path or URL with {group}, "
                "{kind} and {version}; a URL is asked for once a day")
          .takes("PLACE")
          .from_config("validate.schemas"),
      cli::flag("--schema", o.schemas, "the same as --schema-location").takes("PLACE").hide(),
      cli::flag("--only", o.only, "run this rule alone; id, slug or code of istioctl or Kiali")
          .takes("RULE")
          .in("Rules")
          .completes(rule_candidates),
      cli::flag("--skip", o.skip, "leave this rule out")
          .takes("RULE")
          .in("Rules")
          .from_config("validate.skip")
          .completes(rule_candidates),
      cli::flag("--ignore", o.ignore,
                "hide findings: \"RULE [NS/NAME] [until=YYYY-MM-DD] [reason=...]\"")
          .takes("WHAT")
          .in("Rules")
          .from_config("validate.ignore"),
      cli::flag("--list-rules", o.list_rules, "print the table of rules").in("Rules"),
      cli::flag("--istio-codes", o.istio_codes, "show the code of istioctl or Kiali as well")
          .in("Rules"),
      cli::flag("--fix", o.fix, "correct in the files what has a safe remedy").in("Fixes"),
      cli::flag("--diff", o.diff, "show what --fix would change, and change nothing").in("Fixes"),
      cli::flag("--baseline", o.baseline, "findings recorded in this file do not count")
          .takes("FILE")
          .in("Baseline")
          .from_config("validate.baseline"),
      cli::flag("--write-baseline", o.write_baseline, "record all findings in this file")
          .takes("FILE")
          .in("Baseline"),
  };
  return with_input_flags(o.input, std::move(flags));
}

}  // namespace

std::vector<cli::Candidate> rule_candidates(Context&, std::string_view prefix) {
  std::vector<cli::Candidate> all;
  for (const rules::Rule& rule : rules::all_rules())
    for (std::string_view name : {rule.id, rule.slug})
      if (name.starts_with(prefix)) all.push_back({std::string(name), std::string(rule.title)});
  return all;
}

cli::Command validate_command() {
  auto options = std::make_shared<Options>();
  return {
      .name = "validate",
      .summary = "Check mesh configuration for mistakes and bad practice",
      .description = kDescription,
      .examples = {{"weft validate", "every manifest below this folder"},
                   {"weft validate -o sarif deploy/ > weft.sarif", "for code scanning"},
                   {"weft validate --complete --fail-on warning all.yaml",
                    "strict: what is not in the file does not exist"},
                   {"weft validate --write-baseline known.json deploy/",
                    "from now on only new findings count: --baseline known.json"},
                   {"weft validate --cluster", "everything the cluster holds"},
                   {"weft validate --cluster deploy/", "what if I apply this"},
                   {"weft validate --chart charts/shop --values prod.yaml", "by helm"},
                   {"weft validate --list-rules -o json", "schema weft.rules/v1"}},
      .arguments = {cli::argument(
                        "PATH", options->input.paths,
                        "files or folders, or - for standard input (default: ., unless something "
                        "else is named)")
                        .optional()},
      .flags = flags_of(*options),
      .exit_notes = {{ExitCode::no, "a finding of the severity of --fail-on, in every format"},
                     {ExitCode::input, "a file cannot be read"},
                     {ExitCode::cluster, "the cluster cannot be reached or lets nobody in"},
                     {ExitCode::tool, "kubectl or helm is missing, or a chart does not render"}},
      .outputs = {"sarif", "junit", "github", "md"},
      .run = [options](Context& context) { return run(context, *options); }};
}

}  // namespace weft::cmd
