#include "lib/conform/import.h"

#include <algorithm>

#include "lib/base/format.h"
#include "lib/base/number.h"
#include "lib/base/sha256.h"
#include "lib/base/text.h"
#include "lib/conform/formats.h"
#include "lib/doc/decode.h"
#include "lib/doc/read.h"
#include "lib/doc/write.h"

namespace weft::conform {
namespace {

using base::Error;
using base::ExitCode;
using doc::Document;
using doc::Fields;
using doc::Value;

constexpr std::uint64_t kMostTests = 1'000'000;
constexpr std::size_t kMostRows = 10'000;

// "istio-1.28.0-3f9c0a12": for names of files.
std::string id_of(const Run& run, const Value& content) {
  std::string id = fmt::format("{}-{}-{}", run.mesh.name, run.mesh.version,
                               base::sha256_hex(doc::write_json(content, 0)).substr(0, 8));
  for (char& c : id) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '.' || c == '-';
    if (!plain) c = '-';
  }
  while (id.starts_with('.') || id.starts_with('-')) id.erase(0, 1);
  return id;
}

void need_filled(Fields& in, std::string_view key, std::string& out) {
  in.need(key, out);
  if (in.ok() && out.empty()) in.fail(key, "is empty");
}

// ConformanceReport.

void name_tests(const std::vector<std::string>& names, Level level, Verdict verdict, Suite& suite) {
  for (const auto& name : names)
    suite.tests.push_back(
        {.id = name, .level = level, .verdict = verdict, .reason = "named so by the report"});
}

void read_statistics(Fields& in, Counts& counts) {
  in.need("Passed", counts.passed).need("Skipped", counts.skipped).need("Failed", counts.failed);
  if (std::max({counts.passed, counts.skipped, counts.failed}) > kMostTests)
    in.fail("Passed", fmt::format("or another count is over {}", kMostTests));
}

void read_status(Fields& in, Suite& suite, Level level, Counts& counts) {
  std::string result;
  in.need("result", result).require("statistics");
  in.part("statistics", counts, read_statistics);
  const std::string_view said = counts.failed > 0    ? "failure"
                                : counts.skipped > 0 ? "partial"
                                                     : "success";
  if (in.ok() && result != said)
    in.fail("result", fmt::format("is {}, its statistics say {}", result, said));
  std::vector<std::string> failed;
  std::vector<std::string> skipped;
  in.get("failedTests", failed).get("skippedTests", skipped);
  if (in.ok() && failed.size() > counts.failed)
    in.fail("failedTests", "names more tests than statistics count");
  if (in.ok() && skipped.size() > counts.skipped)
    in.fail("skippedTests", "names more tests than statistics count");
  name_tests(failed, level, Verdict::fail, suite);
  name_tests(skipped, level, Verdict::skip, suite);
}

void read_profile(Fields& in, Suite& suite) {
  std::string name;
  std::string summary;
  need_filled(in, "name", name);
  in.get("summary", summary).require("core");
  in.part("core", suite, [](Fields& f, Suite& s) { read_status(f, s, Level::core, s.core); });
  if (in.find("extended") != nullptr) {
    suite.extended.emplace();
    in.part("extended", suite, [](Fields& f, Suite& s) {
      read_status(f, s, Level::extended, *s.extended);
      std::vector<std::string> supported;
      std::vector<std::string> unsupported;
      f.get("supportedFeatures", supported).get("unsupportedFeatures", unsupported);
      for (const auto& feature : supported) s.features.push_back({feature, true});
      for (const auto& feature : unsupported) s.features.push_back({feature, false});
    });
  }
  suite.name = name;
  suite.standard = "gateway-api/" + name;
  const Counts all = all_counts(suite);
  suite.verdict = verdict_of(all);
  suite.capability = capability_of(all);
}

base::Result<Imported> read_report(const Document& document) {
  Run run;
  Fields in(document);
  std::string kind, api_version, date, version;
  in.need("kind", kind).need("apiVersion", api_version);
  if (in.ok() && api_version != "gateway.networking.k8s.io/v1" &&
      api_version != "gateway.networking.k8s.io/v1alpha1")
    in.fail("apiVersion", "must be gateway.networking.k8s.io/v1 or v1alpha1");
  in.time("date", run.finished);
  need_filled(in, "gatewayAPIVersion", version);
  in.get("gatewayAPIChannel", run.channel).get("mode", run.mode).require("implementation");
  in.part("implementation", run.mesh, [](Fields& f, Mesh& mesh) {
    need_filled(f, "organization", mesh.organization);
    need_filled(f, "project", mesh.name);
    need_filled(f, "version", mesh.version);
    f.get("url", mesh.url).get("contact", mesh.contacts);
  });
  in.require("profiles");
  in.each("profiles", run.suites, read_profile);
  in.get("succeededProvisionalTests", run.provisional);
  WEFT_CHECK(in.done());
  for (Suite& suite : run.suites) suite.standard_version = version;
  run.tool.name = "gateway-api";
  run.id = id_of(run, document.root);
  return Imported{Origin::gateway_api, {std::move(run)}};
}

// Rows of Meshery.

void read_detail(Fields& in, Suite& suite) {
  std::string specification, time, assertions, result, capability, status;
  need_filled(in, "smi_specification", specification);
  in.get("smi_version", suite.standard_version).get("time", time).get("result", result);
  in.get("reason", suite.reason);
  if (const Value* count = in.find("assertions"); count != nullptr && !count->is_string())
    in.get("assertions", suite.core.passed);
  else
    in.get("assertions", assertions);
  if (!assertions.empty()) {
    const auto count = base::parse_uint(assertions);
    if (!count) in.fail("assertions", "must be a number of assertions");
    suite.core.passed = count.value_or(0);
  }
  if (suite.core.passed > kMostTests) in.fail("assertions", fmt::format("is over {}", kMostTests));
  in.need("capability", capability).need("status", status);
  if (in.ok() && capability != "FULL" && capability != "HALF" && capability != "NONE")
    in.fail("capability", "must be FULL, HALF or NONE");
  if (in.ok() && status != "PASSED" && status != "FAILED")
    in.fail("status", "must be PASSED or FAILED");
  suite.name = specification;
  suite.standard = "smi/" + specification;
  suite.verdict = status == "PASSED" ? Verdict::pass : Verdict::fail;
  suite.capability = capability == "FULL"   ? Capability::full
                     : capability == "HALF" ? Capability::partial
                                            : Capability::none;
  if (in.ok() && suite.verdict == Verdict::fail && suite.capability == Capability::full)
    in.fail("status", "is FAILED, but its capability FULL");
  // A failed suite stopped at the first failure; how far it came is not told.
  if (suite.verdict == Verdict::fail) suite.core = {};
  if (time.empty()) return;
  if (const auto duration = base::parse_duration(time); duration && duration->count() >= 0)
    suite.duration_ms = static_cast<std::uint64_t>(duration->count() / 1'000'000);
  else
    in.fail("time", "must be a duration such as 28.6s");
}

// Numbers stand in quotes in most rows, not in all.
void read_figure(Fields& in, std::string_view key, std::string& out) {
  const Value* value = in.find(key);
  if (value == nullptr) return;
  if (value->is_number())
    out = fmt::format("{}", value->number());
  else
    in.get(key, out);
  if (in.ok() && !out.empty() && !base::parse_double(out)) in.fail(key, "must be a number");
}

void read_row(Fields& in, Run& run) {
  std::string cases, percent, status;
  in.get("id", run.id).time("date", run.finished);
  need_filled(in, "mesh_name", run.mesh.name);
  in.get("mesh_version", run.mesh.version).get("status", status);
  read_figure(in, "cases_passed", cases);
  read_figure(in, "passing_percentage", percent);
  in.require("more_details");
  in.each("more_details", run.suites, read_detail);
  run.tool.name = "meshery";
  if (!percent.empty())
    run.deviations.push_back(fmt::format("{} % passed by its own count", percent));
}

base::Result<Imported> read_rows(const Document& document) {
  Imported imported{Origin::meshery, {}};
  auto& runs = imported.runs;
  const Value* list = &document.root;
  const bool many = list->is_list();
  const std::size_t count = many ? list->size() : 1;
  if (count > kMostRows) return document.error({}, fmt::format("more than {} rows", kMostRows));
  for (std::size_t i = 0; i < count; ++i) {
    const Value& row = many ? list->items()[i] : *list;
    if (!row.is_map()) return document.error(row.position(), "a row must be a map");
    Fields in(document, row, many ? fmt::format("[{}]", i) : "", doc::Unknown::refused);
    read_row(in, runs.emplace_back());
    WEFT_CHECK(in.done());
    runs.back().id = id_of(runs.back(), row);
  }
  return imported;
}

bool is_row(const Value& value) { return value.find("more_details") != nullptr; }

}  // namespace

base::Result<Imported> read_runs(doc::Source source) {
  const std::string name = source.name();
  if (source.text().size() > kMaxResultBytes)
    return Error{ExitCode::input, fmt::format("{} is larger than 16 MiB", name)};
  WEFT_TRY(document, doc::read(std::move(source)));
  const Value& root = document.root;
  if (root.find("schema") != nullptr) {
    WEFT_TRY(run, run_from_json(document));
    return Imported{Origin::weft, {std::move(run)}};
  }
  const Value* kind = root.find("kind");
  if (kind != nullptr && kind->is_string() && kind->string() == "ConformanceReport")
    return read_report(document);
  if (is_row(root) || (root.is_list() && root.size() != 0 && is_row(root.items().front())))
    return read_rows(document);
  const bool attestation = root.find("payload") != nullptr || root.find("dsseEnvelope") != nullptr;
  return Error{ExitCode::input, fmt::format("{} holds no conformance result", name),
               attestation
                   ? "it is a signature; give the file that it signs, result.json"
                   : "give a result of weft, a ConformanceReport or Meshery's rows for SMI"};
}

}  // namespace weft::conform
