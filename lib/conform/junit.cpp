#include "lib/base/format.h"
#include "lib/base/markup.h"
#include "lib/base/text.h"
#include "lib/conform/formats.h"

namespace weft::conform {
namespace {

std::string attribute(std::string_view name, std::string_view value) {
  return fmt::format(" {}=\"{}\"", name, base::escape_markup(value));
}

std::string seconds(std::uint64_t ms) { return fmt::format("{}.{:03}", ms / 1000, ms % 1000); }

bool is_error(Verdict verdict, bool strict) {
  return verdict == Verdict::error || (strict && verdict == Verdict::inconclusive);
}

std::string body_of(const Test& test, bool strict) {
  const std::string message = attribute("message", test.reason);
  std::string out;
  if (test.verdict == Verdict::fail)
    out = fmt::format("      <failure type=\"assertion\"{}/>\n", message);
  else if (is_error(test.verdict, strict))
    out = fmt::format("      <error{}{}/>\n", attribute("type", name_of(test.verdict)), message);
  else if (test.verdict != Verdict::pass)
    out = fmt::format("      <skipped{}/>\n", message);
  std::string seen;
  for (const auto& step : test.observations)
    if (!step.observed.empty())
      seen += fmt::format("{}: {}{}\n", step.step, step.observed,
                          step.expected.empty() ? "" : ", wanted " + step.expected);
  if (test.evidence)
    seen += fmt::format("evidence.jsonl: {} bytes at {}, sha256 {}\n", test.evidence->bytes,
                        test.evidence->offset, test.evidence->sha256);
  if (!seen.empty())
    out += fmt::format("      <system-out>{}</system-out>\n", base::escape_markup(seen));
  return out;
}

std::string testcase(const Suite& suite, const Test& test, bool strict) {
  const std::string head = fmt::format(
      "    <testcase{}{}{}",
      attribute("classname",
                test.capability.empty() ? suite.name : suite.name + '.' + test.capability),
      attribute("name", test.title.empty() ? test.id : test.id + ' ' + test.title),
      attribute("time", seconds(test.duration_ms)));
  const std::string body = body_of(test, strict);
  return body.empty() ? head + "/>\n" : head + ">\n" + body + "    </testcase>\n";
}

std::string testsuite(const Run& run, const Suite& suite, bool strict) {
  std::size_t failures = 0;
  std::size_t errors = 0;
  std::size_t skipped = 0;
  std::string cases;
  for (const Test& test : suite.tests) {
    if (test.verdict == Verdict::fail)
      ++failures;
    else if (is_error(test.verdict, strict))
      ++errors;
    else if (test.verdict != Verdict::pass)
      ++skipped;
    cases += testcase(suite, test, strict);
  }
  std::string out =
      fmt::format("  <testsuite{} tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\"{}>\n",
                  attribute("name", suite.name), suite.tests.size(), failures, errors, skipped,
                  attribute("time", seconds(suite.duration_ms)));
  out += "    <properties>\n";
  const auto property = [&](std::string_view name, std::string_view value) {
    if (!value.empty())
      out += fmt::format("      <property{}{}/>\n", attribute("name", name),
                         attribute("value", value));
  };
  property("mesh", run.mesh.name);
  property("mesh.version", run.mesh.version);
  property("standard", suite.standard);
  property("standard.version", suite.standard_version);
  property("suite.version", suite.version);
  property("run", run.id);
  property("seed", run.seed ? std::to_string(*run.seed) : "");
  return out + "    </properties>\n" + cases + "  </testsuite>\n";
}

}  // namespace

std::string junit_xml(const Run& run, bool strict) {
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites";
  out += attribute("name", fmt::format("conformance of {}", run.mesh.name)) + ">\n";
  for (const Suite& suite : run.suites) out += testsuite(run, suite, strict);
  return out + "</testsuites>\n";
}

}  // namespace weft::conform
