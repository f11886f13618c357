#include "lib/mesh/check.h"

#include <catch2/catch.hpp>
#include <set>

#include "lib/doc/write.h"
#include "lib/mesh/check_output.h"

namespace weft::mesh {
namespace {

CheckReport sample() {
  CheckReport report{.mesh = "istio"};
  report.add("webhook-endpoints", Verdict::fail, "Service \"old/hook\" is gone", "Webhook <old>");
  report.add("cluster-reachable", Verdict::ok);
  report.add("cluster-version", Verdict::warn, "Kubernetes 1.37 is untested");
  report.add("nodes-modules", Verdict::skip, "modules cannot be seen from outside");
  report.add("pod-security", Verdict::fail, "baseline", "Namespace shop", "relax it");
  report.sort();
  report.ignore({"pod-security", "cluster-version"});
  return report;
}

}  // namespace

TEST_CASE("every check has a unique id that begins like a word, and says what it means") {
  std::set<std::string_view> ids;
  std::vector<std::string_view> categories;
  for (const Check& check : checks()) {
    INFO(check.id);
    CHECK(ids.insert(check.id).second);
    CHECK(check.id.find_first_not_of("abcdefghijklmnopqrstuvwxyz-") == std::string_view::npos);
    CHECK_FALSE(check.title.empty());
    CHECK_FALSE(check.meaning.empty());
    CHECK_FALSE(check.remedy.empty());
    if (categories.empty() || categories.back() != check.category)
      categories.push_back(check.category);
  }
  CHECK(std::set(categories.begin(), categories.end()).size() == categories.size());
}

TEST_CASE("a report counts failures, but not those the user ignores") {
  const CheckReport report = sample();
  const CheckCount count = report.count();
  CHECK(count.ok == 1);
  CHECK(count.warn == 1);
  CHECK(count.fail == 1);
  CHECK(count.skip == 1);
  CHECK(count.ignored == 1);
  CHECK(report.results.front().check->id == "cluster-reachable");
  CHECK(report.results.back().check->id == "webhook-endpoints");
}

TEST_CASE("a failure without a hint of its own carries the table's remedy") {
  const CheckReport report = sample();
  CHECK(report.results[0].hint.empty());
  CHECK(report.results[1].hint == find_check("cluster-version")->remedy);
  CHECK(report.results[3].hint == "relax it");
}

TEST_CASE("ids to ignore must exist") {
  CHECK(known_checks({"rights", "cluster-version"}).ok());
  const auto refused = known_checks({"cluster-versoin"});
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code == base::ExitCode::usage);
  CHECK(refused.error().message ==
        "no check is called cluster-versoin (did you mean cluster-version?)");
}

TEST_CASE("a report as JSON leaves out what is empty") {
  CheckReport report{.mesh = "istio"};
  report.add("cluster-reachable", Verdict::ok);
  CHECK(doc::write_json(to_document(report), 0) ==
        R"({"schema":"weft.check/v1","mesh":"istio","summary":{"ok":1,"warn":0,"fail":0,)"
        R"("skip":0,"ignored":0},"checks":[{"id":"cluster-reachable","category":"cluster",)"
        R"("title":"the API server answers and is ready","result":"ok"}]})"
        "\n");
}

TEST_CASE("a report as JUnit has a suite per category and escapes what it quotes") {
  const std::string xml = to_junit(sample());
  CHECK_THAT(xml, Catch::Contains("<testsuites name=\"weft check\" tests=\"5\" failures=\"1\">"));
  CHECK_THAT(xml, Catch::Contains("<testsuite name=\"cluster\" tests=\"2\" failures=\"0\" "
                                  "errors=\"0\" skipped=\"0\">"));
  CHECK_THAT(xml, Catch::Contains("webhook has somebody who answers: Webhook &lt;old&gt;\">\n"
                                  "      <failure message=\"Service &quot;old/hook&quot; is gone"));
  CHECK_THAT(xml, Catch::Contains("<skipped message=\"ignored: baseline\"/>"));
}

TEST_CASE("a short report is one line per finding") {
  CHECK(to_short(sample()) ==
        "warn cluster-version: Kubernetes 1.37 is untested\n"
        "skip nodes-modules: modules cannot be seen from outside\n"
        "ignored pod-security Namespace shop: baseline\n"
        "fail webhook-endpoints Webhook <old>: Service \"old/hook\" is gone\n");
}

}  // namespace weft::mesh
