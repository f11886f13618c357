#include <memory>
#include <ostream>

#include "cmd/conformance/conformance.h"
#include "cmd/conformance/recipe.h"
#include "cmd/output.h"
#include "cmd/render_error.h"
#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/conform/kubectl_driver.h"
#include "lib/conform/lint.h"
#include "lib/doc/write.h"
#include "lib/term/table.h"

namespace weft::cmd {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;
using doc::Value;

// A suite that can be used; the first problem is the error.
Result<conform::SuiteSpec> usable(const conform::OpenSuite& opened, const std::string& ns) {
  auto reading = conform::read_suite(opened.document, ns);
  if (!reading.problems.empty()) return std::move(reading.problems.front());
  return std::move(reading.suite);
}

Value to_document(const conform::SuiteSpec& suite) {
  Value tests = Value::list();
  for (const conform::TestSpec& test : suite.tests)
    tests.push(Value::map()
                   .set("id", test.id)
                   .set("title", test.title)
                   .set("level", conform::name_of(test.level))
                   .set("capability", test.capability)
                   .set("steps", static_cast<std::int64_t>(test.steps.size())));
  Value resources = Value::list();
  for (const conform::ResourceSpec& resource : suite.resources) {
    Value versions = Value::list();
    for (const std::string& version : resource.versions) versions.push(version);
    resources.push(Value::map()
                       .set("group", resource.group)
                       .set("kind", resource.kind)
                       .set("versions", std::move(versions)));
  }
  return Value::map()
      .set("name", suite.name)
      .set("version", suite.version)
      .set("standard", suite.standard)
      .set("summary", suite.summary)
      .set("resources", std::move(resources))
      .set("tests", std::move(tests));
}

std::string versions_text(const conform::SuiteSpec& suite) {
  std::vector<std::string> parts;
  for (const conform::ResourceSpec& resource : suite.resources)
    parts.push_back(fmt::format("{} ({})", resource.kind, base::join(resource.versions, ", ")));
  return base::join(parts, "; ");
}

std::string tests_table(const conform::SuiteSpec& suite, const Context& context) {
  term::Table table{{{"id"}, {"level"}, {"capability"}, {"title"}}};
  for (const conform::TestSpec& test : suite.tests)
    table.rows.push_back(
        {{test.id}, {std::string(conform::name_of(test.level))}, {test.capability}, {test.title}});
  return term::render(table, context.out_term);
}

Result<ExitCode> list(Context& context, const std::vector<std::string>& names) {
  std::vector<conform::SuiteSpec> suites;
  for (const std::string& name : names.empty() ? conform::shipped_suites() : names) {
    WEFT_TRY(opened, conform::open_suite(name));
    WEFT_TRY(suite, usable(opened, "weft"));
    suites.push_back(std::move(suite));
  }
  if (is_structured(context)) {
    Value all = Value::list();
    for (const auto& suite : suites) all.push(to_document(suite));
    Value document;
    document.set("schema", "weft.conformance-suites/v1").set("suites", std::move(all));
    return print(context, document);
  }
  if (!names.empty()) {
    for (const auto& suite : suites) {
      context.out << fmt::format("{} {}: {}\n{}\n\n", suite.name, suite.version, suite.summary,
                                 versions_text(suite));
      context.out << tests_table(suite, context);
    }
    return ExitCode::done;
  }
  term::Table table{{{"suite"}, {"tests", term::Align::right}, {"standard"}, {"summary"}}};
  for (const auto& suite : suites)
    table.rows.push_back(
        {{suite.name}, {fmt::format("{}", suite.tests.size())}, {suite.standard}, {suite.summary}});
  context.out << term::render(table, context.out_term);
  return ExitCode::done;
}

Result<ExitCode> lint(Context& context, const std::vector<std::string>& names) {
  std::size_t found = 0;
  for (const std::string& name : names) {
    WEFT_TRY(opened, conform::open_suite(name));
    const auto problems = conform::lint(opened);
    found += problems.size();
    for (const Error& problem : problems) context.out << render_error(problem, context.out_term);
    if (problems.empty() && !context.quiet)
      context.err << fmt::format("{}: nothing is wrong\n", name);
  }
  return found == 0 ? ExitCode::done : ExitCode::no;
}

Value list_of(const kube::Objects& objects) {
  Value out = Value::list();
  for (const kube::Object& object : objects) out.push(object);
  return out;
}

struct PlanOptions {
  std::string suite, api_version, ns = "weft-conformance", image = "weft";
  RecipeFlags recipe;
  bool role = false;
  bool by_pods = false;
};

Result<ExitCode> plan(Context& context, const PlanOptions& options) {
  WEFT_TRY(opened, conform::open_suite(options.suite));
  WEFT_TRY(suite, usable(opened, options.ns));
  WEFT_TRY(mesh, recipe_of(context, options.recipe));
  if (options.role) {
    context.out << doc::write_yaml(
        conform::role_for(conform::needed_access({suite}, mesh, {}, options.by_pods)));
    return ExitCode::done;
  }
  WEFT_TRY(versions, conform::newest_versions(suite, options.api_version));
  WEFT_TRY(fixture, conform::fixture_objects(suite, options.ns, options.image));
  conform::join_mesh(fixture, suite, mesh);
  WEFT_TRY(tests, conform::plan(suite, opened.templates, versions, options.ns));
  if (is_structured(context)) {
    Value list = Value::list();
    for (const auto& one : tests) {
      Value entry = Value::map().set("id", one.test->id).set("objects", list_of(one.objects));
      if (!one.skipped.empty()) entry.set("skipped", one.skipped);
      list.push(std::move(entry));
    }
    Value document;
    document.set("schema", "weft.conformance-plan/v1").set("suite", suite.name);
    document.set("fixture", list_of(fixture)).set("tests", std::move(list));
    return print(context, document);
  }
  context.out << fmt::format("# {} {}: fixture\n", suite.name, suite.version);
  for (const auto& object : fixture) context.out << "---\n" << doc::write_yaml(object);
  for (const auto& one : tests) {
    context.out << fmt::format("---\n# {} {}\n", one.test->id, one.test->title);
    if (!one.skipped.empty()) context.out << fmt::format("# skipped: {}\n", one.skipped);
    for (std::size_t i = 0; i < one.objects.size(); ++i)
      context.out << (i == 0 ? "" : "---\n") << doc::write_yaml(one.objects[i]);
  }
  return ExitCode::done;
}

}  // namespace

std::vector<cli::Candidate> suite_candidates(Context&, std::string_view) {
  std::vector<cli::Candidate> out;
  for (std::string& name : conform::shipped_suites()) out.push_back({std::move(name), ""});
  return out;
}

cli::Command conformance_list_command() {
  auto names = std::make_shared<std::vector<std::string>>();
  return {.name = "list",
          .summary = "List the suites, or the tests of some",
          .examples = {{"weft conformance list", ""},
                       {"weft conformance list smi-traffic-split", "its tests and API versions"},
                       {"weft conformance list -o json", "schema weft.conformance-suites/v1"}},
          .arguments = {cli::argument("SUITE", *names, "a shipped suite or a file")
                            .optional()
                            .completes(suite_candidates)},
          .run = [names](Context& context) { return list(context, *names); }};
}

cli::Command conformance_lint_command() {
  auto names = std::make_shared<std::vector<std::string>>();
  std::string steps;
  for (const conform::StepType& step : conform::step_types())
    steps += fmt::format("\n  {}: {}", step.name, step.meaning);
  return {.name = "lint",
          .summary = "Find mistakes in suites without a cluster",
          .description =
              "Reads a suite, renders everything it would apply in every version of the API, and "
              "holds that against the schemas compiled in. Templates of its own stand in a folder "
              "\"templates\" beside it. Steps of tests:" +
              steps,
          .examples = {{"weft conformance lint mine.yaml", ""}},
          .arguments = {cli::argument("SUITE", *names, "a file, or a shipped suite")
                            .completes(suite_candidates)},
          .exit_notes = {{ExitCode::no, "something is wrong"}},
          .run = [names](Context& context) { return lint(context, *names); }};
}

cli::Command conformance_plan_command() {
  auto options = std::make_shared<PlanOptions>();
  auto& o = *options;
  return {
      .name = "plan",
      .summary = "Print everything a suite would apply, offline",
      .description =
          "The fixture, then for every test the objects of the API under test in the newest "
          "version the suite knows, or in the one that is pinned. With --mesh, what has that mesh "
          "inject its proxies and hold policies is among them.",
      .examples = {{"weft conformance plan smi-traffic-split", "newest version"},
                   {"weft conformance plan smi-traffic-split --api-version v1alpha2",
                    "as for a mesh that serves that one"},
                   {"weft conformance plan mtls-strict --mesh istio",
                    "with what Istio has namespaces take part by"},
                   {"weft conformance plan smi-traffic-split --role",
                    "a ClusterRole with what a run needs, and no more"}},
      .arguments = {cli::argument("SUITE", o.suite, "a shipped suite or a file")
                        .completes(suite_candidates)},
      .flags = with_recipe_flags(
          o.recipe,
          {cli::flag("--api-version", o.api_version, "this version of every resource that has it")
               .takes("VERSION"),
           cli::flag("--namespace", o.ns, "namespace of the objects").as('n'),
           cli::flag("--image", o.image, "image of the sample application"),
           cli::flag("--role", o.role, "the rights that a run needs instead"),
           cli::flag("--by-pods", o.by_pods, "with --role: those of run --driver job")}),
      .run = [options](Context& context) { return plan(context, *options); }};
}

}  // namespace weft::cmd
