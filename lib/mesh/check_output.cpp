#include "lib/mesh/check_output.h"

#include <algorithm>

#include "lib/base/format.h"
#include "lib/base/markup.h"

namespace weft::mesh {
namespace {

std::string case_name(const CheckResult& result) {
  const std::string name(result.check->title);
  return result.subject.empty() ? name : fmt::format("{}: {}", name, result.subject);
}

std::string junit_case(const CheckResult& result) {
  const std::string head =
      fmt::format("    <testcase classname=\"{}\" name=\"{}\"",
                  base::escape_markup(result.check->id), base::escape_markup(case_name(result)));
  const std::string detail = base::escape_markup(result.detail);
  const std::string hint =
      result.hint.empty() ? "" : fmt::format("try: {}", base::escape_markup(result.hint));
  const auto with = [&](const std::string& inner) {
    return fmt::format("{}>\n      {}\n    </testcase>\n", head, inner);
  };
  if (result.ignored) return with(fmt::format("<skipped message=\"ignored: {}\"/>", detail));
  switch (result.verdict) {
    case Verdict::fail:
      return with(fmt::format("<failure message=\"{}\">{}</failure>", detail, hint));
    case Verdict::skip:
      return with(fmt::format("<skipped message=\"{}\"/>", detail));
    case Verdict::warn:
      return with(fmt::format("<system-out>warning: {}\n{}</system-out>", detail, hint));
    case Verdict::ok:
      break;
  }
  return head + "/>\n";
}

}  // namespace

doc::Value to_document(const CheckReport& report) {
  doc::Value list = doc::Value::list();
  for (const CheckResult& result : report.results) {
    doc::Value one;
    one.set("id", result.check->id)
        .set("category", result.check->category)
        .set("title", result.check->title)
        .set("result", name_of(result.verdict));
    if (!result.subject.empty()) one.set("subject", result.subject);
    if (!result.detail.empty()) one.set("detail", result.detail);
    if (!result.hint.empty()) one.set("hint", result.hint);
    if (result.ignored) one.set("ignored", true);
    list.push(std::move(one));
  }
  const CheckCount count = report.count();
  const auto number = [](std::size_t n) { return doc::Value(static_cast<std::uint64_t>(n)); };
  doc::Value summary;
  summary.set("ok", number(count.ok))
      .set("warn", number(count.warn))
      .set("fail", number(count.fail))
      .set("skip", number(count.skip))
      .set("ignored", number(count.ignored));
  doc::Value document;
  document.set("schema", "weft.check/v1");
  if (!report.mesh.empty()) document.set("mesh", report.mesh);
  return document.set("summary", std::move(summary)).set("checks", std::move(list));
}

std::string to_junit(const CheckReport& report) {
  struct Suite {
    std::string_view category;
    std::string cases;
    std::size_t tests = 0, failures = 0, skipped = 0;
  };
  std::vector<Suite> suites;
  for (const CheckResult& result : report.results) {
    auto suite = std::ranges::find(suites, result.check->category, &Suite::category);
    if (suite == suites.end()) {
      suites.push_back({result.check->category});
      suite = suites.end() - 1;
    }
    suite->cases += junit_case(result);
    ++suite->tests;
    suite->failures += result.verdict == Verdict::fail && !result.ignored;
    suite->skipped += result.verdict == Verdict::skip || result.ignored;
  }
  std::string out = fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<testsuites name=\"weft check\" tests=\"{}\" failures=\"{}\">\n",
      report.results.size(), report.count().fail);
  for (const Suite& suite : suites)
    out += fmt::format(
        "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"{}\">\n{}"
        "  </testsuite>\n",
        base::escape_markup(suite.category), suite.tests, suite.failures, suite.skipped,
        suite.cases);
  return out + "</testsuites>\n";
}

std::string to_short(const CheckReport& report) {
  std::string out;
  for (const CheckResult& result : report.results) {
    if (result.verdict == Verdict::ok) continue;
    out += fmt::format("{} {}", result.ignored ? "ignored" : name_of(result.verdict),
                       result.check->id);
    if (!result.subject.empty()) out += ' ' + result.subject;
    if (!result.detail.empty()) out += ": " + result.detail;
    out += '\n';
  }
  return out;
}

}  // namespace weft::mesh
