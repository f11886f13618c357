#include "lib/stats/threshold.h"

#include <catch2/catch.hpp>

namespace weft::stats {
namespace {

Term objective(const std::string& text) {
  const auto terms = parse_objectives(text, "--slo");
  INFO((terms.ok() ? "" : terms.error().message));
  REQUIRE(terms.ok());
  REQUIRE(terms->size() == 1);
  return terms->front();
}

Term change(const std::string& text) {
  const auto terms = parse_changes(text, "--fail-on");
  INFO((terms.ok() ? "" : terms.error().message));
  REQUIRE(terms.ok());
  REQUIRE(terms->size() == 1);
  return terms->front();
}

base::Error refused(const base::Result<std::vector<Term>>& result) {
  REQUIRE_FALSE(result.ok());
  CHECK(result.error().code == base::ExitCode::usage);
  CHECK_FALSE(result.error().remedy.empty());
  return result.error();
}

}  // namespace

TEST_CASE("Objectives are read into the units of their metric") {
  const auto terms = parse_objectives("p99<10ms, error<0.1% ,qps>=990", "--slo");
  REQUIRE(terms.ok());
  REQUIRE(terms->size() == 3);
  CHECK(terms->at(0).metric == Metric{MetricKind::percentile, 99});
  CHECK(terms->at(0).relation == Relation::less);
  CHECK(terms->at(0).bound == 10e6);
  CHECK(terms->at(1).metric == Metric{MetricKind::errors});
  CHECK(terms->at(1).bound == Approx(0.001));
  CHECK(terms->at(1).text == "error<0.1%");
  CHECK(terms->at(2).metric == Metric{MetricKind::throughput});
  CHECK(terms->at(2).relation == Relation::greater_equal);
  CHECK(terms->at(2).bound == 990);
}

TEST_CASE("Every metric can be an objective") {
  CHECK(objective("p99.9<=1.5s").metric.percentile == 99.9);
  CHECK(objective("p999<1s").metric.name() == "p99.9");
  CHECK(objective("p9999<1s").metric.name() == "p99.99");
  CHECK(objective("P50 > 1us").bound == 1000);
  CHECK(objective("mean<2ms").metric.kind == MetricKind::mean);
  CHECK(objective("max<2s").metric.kind == MetricKind::max);
  CHECK(objective("lag<100us").metric.kind == MetricKind::lag);
  CHECK(objective("errors<=0").bound == 0);
  CHECK(objective("errors<0.02").bound == 0.02);
  CHECK(objective("rps>1e3").metric.name() == "qps");
}

TEST_CASE("Changes are relative with a percent sign and absolute with a unit") {
  CHECK(change("p99>+5%").relative);
  CHECK(change("p99>+5%").bound == Approx(0.05));
  CHECK_FALSE(change("p99>+2ms").relative);
  CHECK(change("p99>+2ms").bound == 2e6);
  CHECK(change("qps<-3%").relative);
  CHECK(change("qps<-3%").bound == Approx(-0.03));
  CHECK(change("qps<-50").bound == -50);
  CHECK_FALSE(change("errors>+0.1%").relative);  // percentage points
  CHECK(change("errors>+0.1%").bound == Approx(0.001));
}

TEST_CASE("A mistake is pointed at, with what to write instead") {
  const auto error = refused(parse_objectives("p99<10ms,qqs>5", "--slo"));
  CHECK(error.message == "unknown metric \"qqs\" (did you mean qps?)");
  CHECK(error.where.text() == "--slo:1:10");
  CHECK(error.where.excerpt == "p99<10ms,qqs>5");

  const auto unit = refused(parse_objectives("p99<10", "--slo"));
  CHECK(unit.message == "\"10\" is not a bound for p99");
  CHECK(unit.remedy == "write it like 10ms");
  CHECK(unit.where.column == 5);

  const auto sign = refused(parse_changes("p99>5%", "--fail-on"));
  CHECK(sign.remedy == "write it like +5% or +2ms");

  const auto relation = refused(parse_objectives("p99=10ms", "--slo"));
  CHECK(relation.message == "\"p99=10ms\" has none of < <= > >=");
  CHECK(relation.where.column == 4);

  CHECK(refused(parse_objectives("p100<1s", "--slo")).remedy == "the highest latency is \"max\"");
  CHECK(refused(parse_changes("max>+5%", "--fail-on")).remedy == "use a percentile such as p99.9");
}

TEST_CASE("Terms that mean nothing are refused") {
  for (const char* text :
       {"",           ",",        "p99",      "p99<",           "<10ms",
        "p99<10ms,",  "p99<-1ms", "p99<+1ms", "p99<5%",         "errors<200%",
        "errors<-1%", "qps>5ms",  "qps>nan",  "p0<1s",          "p<1s",
        "p9.9.9<1s",  "p99<<1ms", "p99!=1ms", "p99<10ms qps>5", "errors<1e-3%%"}) {
    INFO(text);
    refused(parse_objectives(text, "--slo"));
  }
  for (const char* text : {"p99>+", "p99>+-5%", "p99>++5%", "p99>+5", "errors>+5ms", "lag>+5%"}) {
    INFO(text);
    refused(parse_changes(text, "--fail-on"));
  }
}

TEST_CASE("A relation holds as it is written") {
  CHECK(holds(Relation::less, 1, 2));
  CHECK_FALSE(holds(Relation::less, 2, 2));
  CHECK(holds(Relation::less_equal, 2, 2));
  CHECK(holds(Relation::greater, 3, 2));
  CHECK_FALSE(holds(Relation::greater, 2, 2));
  CHECK(holds(Relation::greater_equal, 2, 2));
}

TEST_CASE("Every offered metric name can be read") {
  for (const auto& name : metric_names()) CHECK(parse_metric(name).ok());
  CHECK(Metric{MetricKind::percentile, 99.99}.name() == "p99.99");
  CHECK(Metric{MetricKind::percentile, 50}.name() == "p50");
}

}  // namespace weft::stats
