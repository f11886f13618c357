#include "lib/conform/formats.h"

#include <algorithm>
#include <array>
#include <functional>

#include "lib/base/format.h"
#include "lib/base/number.h"
#include "lib/base/text.h"
#include "lib/doc/write.h"

namespace weft::conform {
namespace {

using base::Error;
using base::ExitCode;
using doc::Value;

struct Writer {
  Format format;
  std::string_view family;  // that the result must have a suite of; empty: any
  std::string (*write)(const Run&);
};

const std::array<Writer, 4>& writers() {
  static const std::array<Writer, 4> table{
      {{{"json", "result.json", "everything, schema weft.conformance-result/v1"},
        "",
        [](const Run& run) { return doc::write_json(run_to_json(run)); }},
       {{"yaml", "report.yaml", "ConformanceReport of the Gateway API"},
        "gateway-api",
        report_yaml},
       {{"smi-json", "smi.json", "the row that Meshery keeps for SMI"}, "smi", smi_json},
       {{"junit", "junit.xml", "JUnit XML for CI"}, "", [](const Run& run) {
          return junit_xml(run);
        }}}};
  return table;
}

bool has_family(const Run& run, std::string_view family) {
  return family.empty() ||
         std::any_of(run.suites.begin(), run.suites.end(),
                     [&](const Suite& suite) { return family_of(suite) == family; });
}

Value names_of(const Suite& suite, Level level, std::initializer_list<Verdict> verdicts) {
  Value names = Value::list();
  for (const Test& test : suite.tests)
    if (test.level == level &&
        std::find(verdicts.begin(), verdicts.end(), test.verdict) != verdicts.end())
      names.push(test.id);
  return names;
}

void set_filled(Value& out, std::string_view key, Value list) {
  if (list.size() != 0) out.set(key, std::move(list));
}

// The statistics of upstream, which has three words for our five.
struct Statistics {
  std::uint64_t passed, skipped, failed;

  explicit Statistics(const Counts& counts)
      : passed(counts.passed),
        skipped(counts.skipped + counts.inconclusive),
        failed(counts.failed + counts.errors) {}

  std::string_view result() const {
    return failed > 0 ? "failure" : skipped > 0 ? "partial" : "success";
  }
  std::string sentence(std::string_view level) const {
    if (failed > 0) return fmt::format("{} tests failed with {} test failures.", level, failed);
    if (skipped > 0)
      return fmt::format("{} tests partially succeeded with {} test skips.", level, skipped);
    return fmt::format("{} tests succeeded.", level);
  }
};

// Members in the order of their names, as upstream writes them.
Value status_of(const Suite& suite, Level level, const Counts& counts) {
  const Statistics statistics(counts);
  Value out;
  set_filled(out, "failedTests", names_of(suite, level, {Verdict::fail, Verdict::error}));
  out.set("result", statistics.result());
  set_filled(out, "skippedTests", names_of(suite, level, {Verdict::skip, Verdict::inconclusive}));
  Value numbers;
  numbers.set("Failed", statistics.failed).set("Passed", statistics.passed);
  numbers.set("Skipped", statistics.skipped);
  out.set("statistics", std::move(numbers));
  return out;
}

Value profile_of(const Suite& suite) {
  Value out;
  std::string summary = Statistics(suite.core).sentence("Core");
  out.set("core", status_of(suite, Level::core, suite.core));
  if (suite.extended) {
    Value extended = status_of(suite, Level::extended, *suite.extended);
    Value supported = Value::list();
    Value unsupported = Value::list();
    for (const Feature& feature : suite.features)
      (feature.declared ? supported : unsupported).push(feature.name);
    set_filled(extended, "supportedFeatures", std::move(supported));
    set_filled(extended, "unsupportedFeatures", std::move(unsupported));
    out.set("extended", std::move(extended));
    summary += ' ' + Statistics(*suite.extended).sentence("Extended");
  }
  out.set("name", part_of(suite)).set("summary", summary);
  return out;
}

Value list_of(const std::vector<std::string>& words) {
  Value list = Value::list();
  for (const auto& word : words) list.push(word);
  return list;
}

std::string_view legacy_capability(Capability capability) {
  return capability == Capability::full      ? "FULL"
         : capability == Capability::partial ? "HALF"
                                             : "NONE";
}

std::string first_reason(const Suite& suite) {
  if (!suite.reason.empty()) return suite.reason;
  for (const Test& test : suite.tests)
    if (test.verdict == Verdict::fail || test.verdict == Verdict::error) return test.reason;
  return {};
}

Value smi_detail(const Suite& suite) {
  const bool passed = suite.verdict == Verdict::pass;
  Value out;
  out.set("smi_specification", part_of(suite)).set("smi_version", suite.standard_version);
  out.set("time", base::format_duration(std::chrono::milliseconds(suite.duration_ms)));
  out.set("assertions", std::to_string(all_counts(suite).total()));
  out.set("result", passed ? "" : name_of(suite.verdict)).set("reason", first_reason(suite));
  out.set("capability", legacy_capability(suite.capability));
  out.set("status", passed ? "PASSED" : "FAILED");
  return out;
}

std::string without_breaks(std::string text) {
  std::ranges::replace_if(
      text, [](char c) { return static_cast<unsigned char>(c) < ' '; }, ' ');
  return text;
}

// A report claims whole profiles, for an implementation that it names.
base::Result<void> may_report(const Run& run) {
  if (run.partial)
    return Error{ExitCode::usage,
                 fmt::format("{} had only some of its tests: it can claim no profile", run.id),
                 "run whole suites, without --run-test"};
  if (run.tool.name != "weft") return {};
  for (const auto& [flag, value] :
       {std::pair{"organization", run.mesh.organization}, std::pair{"project", run.mesh.name},
        std::pair{"url", run.mesh.url}, std::pair{"implementation-version", run.mesh.version}})
    if (value.empty())
      return Error{ExitCode::usage,
                   fmt::format("a ConformanceReport needs the {} of the implementation", flag),
                   fmt::format("give --{}", flag)};
  if (!run.mesh.contacts.empty()) return {};
  return Error{ExitCode::usage, "a ConformanceReport needs someone to ask about it",
               "give --contact"};
}

}  // namespace

std::span<const Format> formats() {
  static const std::vector<Format> list = [] {
    std::vector<Format> all;
    for (const auto& writer : writers()) all.push_back(writer.format);
    return all;
  }();
  return list;
}

base::Result<std::string> render(const Run& run, std::string_view format) {
  std::vector<std::string> names;
  for (const auto& writer : writers()) {
    names.emplace_back(writer.format.name);
    if (writer.format.name != format) continue;
    if (!has_family(run, writer.family))
      return Error{ExitCode::usage, fmt::format("{} is for results of {}, {} holds none", format,
                                                writer.family, run.id)};
    if (writer.format.name == "yaml") WEFT_CHECK(may_report(run));
    return writer.write(run);
  }
  return Error{ExitCode::usage,
               fmt::format("no format {}{}", format, base::did_you_mean(format, names)),
               fmt::format("one of {}", base::join(names, ", "))};
}

std::string report_yaml(const Run& run) {
  const auto gateway = std::find_if(run.suites.begin(), run.suites.end(), [](const Suite& suite) {
    return family_of(suite) == "gateway-api";
  });
  Value implementation;
  implementation.set("contact", list_of(run.mesh.contacts));
  implementation.set("organization", run.mesh.organization).set("project", run.mesh.name);
  implementation.set("url", run.mesh.url).set("version", run.mesh.version);
  Value profiles = Value::list();
  for (const Suite& suite : run.suites)
    if (family_of(suite) == "gateway-api") profiles.push(profile_of(suite));
  const bool own = run.tool.name == "weft";
  Value out;
  out.set("apiVersion", "gateway.networking.k8s.io/v1");
  const auto when = run.finished ? run.finished : run.started;
  out.set("date", when ? base::format_rfc3339(*when) : "");
  out.set("gatewayAPIChannel", run.channel.empty() ? "UNDEFINED" : run.channel);
  const std::string served = gateway == run.suites.end() ? "" : gateway->standard_version;
  // "v1" is that of a kind, "v1.4.0" that of all: what an imported report said.
  const bool whole = !own || served.find('.') != std::string::npos;
  out.set("gatewayAPIVersion", !run.bundle.empty() ? run.bundle : whole ? served : "UNDEFINED");
  out.set("implementation", std::move(implementation)).set("kind", "ConformanceReport");
  out.set("mode", run.mode.empty() ? "default" : run.mode).set("profiles", std::move(profiles));
  set_filled(out, "succeededProvisionalTests", list_of(run.provisional));
  std::string deviations;
  for (const std::string& one : run.deviations)
    if (own) deviations += "# Not as the standard wants it: " + without_breaks(one) + "\n";
  return (own ? "# Written by weft. A listing with the Gateway API project needs a report of its "
                "own "
                "suite.\n"
              : "") +
         deviations + doc::write_yaml(out);
}

std::string smi_json(const Run& run) {
  Counts all;
  Value details = Value::list();
  for (const Suite& suite : run.suites) {
    if (family_of(suite) != "smi") continue;
    const Counts counts = all_counts(suite);
    all.passed += counts.passed;
    all.failed += counts.total() - counts.passed;
    details.push(smi_detail(suite));
  }
  const double percent =
      all.total() == 0 ? 0
                       : 100.0 * static_cast<double>(all.passed) / static_cast<double>(all.total());
  const auto when = run.finished ? run.finished : run.started;
  Value out;
  out.set("id", run.id).set("date", when ? base::format_rfc3339(*when) : "");
  out.set("mesh_name", run.mesh.name).set("mesh_version", run.mesh.version);
  out.set("cases_passed", std::to_string(all.passed));
  out.set("passing_percentage", fmt::format("{:.2f}", percent));
  out.set("status", "completed").set("more_details", std::move(details));
  return doc::write_json(out);
}

std::string_view family_of(const Suite& suite) {
  return std::string_view(suite.standard).substr(0, suite.standard.find('/'));
}

std::string_view part_of(const Suite& suite) {
  const auto slash = suite.standard.find('/');
  return slash == std::string::npos ? std::string_view(suite.name)
                                    : std::string_view(suite.standard).substr(slash + 1);
}

}  // namespace weft::conform
