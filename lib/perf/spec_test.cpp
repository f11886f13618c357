#include "lib/perf/spec.h"

#include <catch2/catch.hpp>

using namespace std::chrono_literals;
using weft::load::Arrival;
using weft::perf::Pairs;
using weft::perf::parse_header;
using weft::perf::parse_label;
using weft::perf::parse_rate;
using weft::perf::parse_resolve;
using weft::perf::Rate;
using weft::perf::Spec;
using weft::perf::to_plan;

namespace {

Spec minimal() {
  Spec spec;
  spec.url = "http://127.0.0.1:8080/";
  return spec;
}

}  // namespace

TEST_CASE("a URL alone is a closed loop of ten seconds with GET") {
  const auto plan = to_plan(minimal());
  REQUIRE(plan.ok());
  CHECK_FALSE(plan->qps);
  CHECK(plan->duration == 10s);
  CHECK_FALSE(plan->requests);
  CHECK(plan->target.method == "GET");
  CHECK(plan->connections == 50);
  CHECK(plan->keepalive);
}

TEST_CASE("a number of requests stands without a time limit, a body is posted") {
  Spec spec = minimal();
  spec.requests = 100;
  spec.body = "{}";
  const auto plan = to_plan(spec);
  REQUIRE(plan.ok());
  CHECK(plan->requests == 100u);
  CHECK_FALSE(plan->duration);
  CHECK(plan->target.method == "POST");
  CHECK(plan->target.body == "{}");
}

TEST_CASE("flags override the profile and leave alone what they do not name") {
  Spec profile = minimal();
  profile.name = "checkout";
  profile.rate = Rate{100.0};
  profile.duration = 30s;
  profile.requests = 1000;
  profile.connections = 8;
  profile.headers = {{"Accept", "text/html"}, {"X-Team", "shop"}};
  profile.labels = {{"env", "test"}, {"mesh", "none"}};
  Spec flags;
  flags.rate = Rate{};
  flags.duration = 5s;
  flags.headers = {{"accept", "application/json"}};
  flags.labels = {{"mesh", "istio"}};

  const Spec both = overlay(profile, flags);
  CHECK(both.name == "checkout");
  CHECK(both.url == profile.url);
  CHECK(both.rate == Rate{});
  CHECK(both.duration == 5s);
  CHECK_FALSE(both.requests);
  CHECK(both.connections == 8);
  CHECK(both.headers == Pairs{{"X-Team", "shop"}, {"accept", "application/json"}});
  CHECK(both.labels == weft::smp::Labels{{"env", "test"}, {"mesh", "istio"}});
}

TEST_CASE("a rate is a positive number or max") {
  CHECK(parse_rate("max").value() == Rate{});
  CHECK(parse_rate("0.5").value() == Rate{0.5});
  for (const char* text : {"", "0", "-1", "fast", "1k", "1e300", "nan", "inf"})
    CHECK_FALSE(parse_rate(text).ok());
}

TEST_CASE("impossible values are usage errors that name the flag") {
  const auto message_of = [](auto change) {
    Spec spec = minimal();
    change(spec);
    const auto plan = to_plan(spec);
    if (plan.ok()) return std::string("accepted");
    CHECK(plan.error().code == weft::base::ExitCode::usage);
    CHECK_FALSE(plan.error().remedy.empty());
    return plan.error().message;
  };
  CHECK_THAT(message_of([](Spec& s) { s.connections = 0; }), Catch::Contains("--connections"));
  CHECK_THAT(message_of([](Spec& s) { s.threads = -1; }), Catch::Contains("--threads"));
  CHECK_THAT(message_of([](Spec& s) { s.requests = 0; }), Catch::Contains("--requests"));
  CHECK_THAT(message_of([](Spec& s) { s.duration = 0s; }), Catch::Contains("--duration"));
  CHECK_THAT(message_of([](Spec& s) { s.timeout = -1s; }), Catch::Contains("--timeout"));
  CHECK_THAT(message_of([](Spec& s) { s.warmup = weft::perf::Warmup{-1s}; }),
             Catch::Contains("--warmup"));
  CHECK_THAT(message_of([](Spec& s) { s.method = "GE T"; }), Catch::Contains("GE T"));
  CHECK_THAT(message_of([](Spec& s) { s.max_connections = 100; }),
             Catch::Contains("--max-connections needs a rate"));
  CHECK_THAT(message_of([](Spec& s) {
               s.rate = Rate{100};
               s.max_connections = 10;
             }),
             Catch::Contains("--max-connections is 10"));
  CHECK_THAT(message_of([](Spec& s) { s.arrival = Arrival::uniform; }),
             Catch::Contains("--arrival"));
  CHECK_THAT(message_of([](Spec& s) { s.url.reset(); }), Catch::Contains("no URL"));
}

TEST_CASE("headers keep colons in their value and cannot smuggle in lines") {
  CHECK(parse_header("Host: a:80").value() == std::pair<std::string, std::string>{"Host", "a:80"});
  CHECK(parse_header("X-Empty:").value().second.empty());
  for (const char* text : {"", "NoColon", ": value", "Bad Name: x", "A: b\r\nC: d"})
    CHECK_FALSE(parse_header(text).ok());
}

TEST_CASE("labels are key=value, the value may be empty or hold further signs") {
  CHECK(parse_label("a=b=c").value() == std::pair<std::string, std::string>{"a", "b=c"});
  CHECK(parse_label("a=").value().second.empty());
  CHECK_FALSE(parse_label("a").ok());
  CHECK_FALSE(parse_label("=b").ok());
}

TEST_CASE("resolve takes names and both families of addresses") {
  using Pair = std::pair<std::string, std::string>;
  CHECK(parse_resolve("shop:80:127.0.0.1").value() == Pair{"shop:80", "127.0.0.1"});
  CHECK(parse_resolve("shop:80:::1").value() == Pair{"shop:80", "::1"});
  CHECK(parse_resolve("[::1]:80:[::2]").value() == Pair{"[::1]:80", "::2"});
  for (const char* text : {"", "shop", "shop:80", "shop:80:", ":80:1", "shop:x:1", "shop:0:1", "["})
    CHECK_FALSE(parse_resolve(text).ok());
}

TEST_CASE("a warm-up is a time or ends by itself, a churn is a percentage, a table has a name") {
  using namespace weft::perf;
  CHECK(parse_warmup("5s").value().length == 5s);
  CHECK_FALSE(parse_warmup("5s").value().until_settled);
  CHECK(parse_warmup("auto").value().until_settled);
  CHECK_FALSE(parse_warmup("soon").ok());
  CHECK(parse_host_port("[::1]:81").value() == std::pair<std::string, std::uint16_t>{"::1", 81});
  for (const char* text : {"", ":1", "a:b", "a/b", "a:1/"}) CHECK_FALSE(parse_host_port(text).ok());
  CHECK(parse_saturation("drop").value() == weft::load::Saturation::drop);
  CHECK(parse_saturation("fail").value() == weft::load::Saturation::fail);
  CHECK_FALSE(parse_saturation("").ok());
  CHECK(parse_churn("2.5%").value() == Approx(0.025));
  for (const char* text : {"", "5", "%", "-1%", "nan%"}) CHECK_FALSE(parse_churn(text).ok());
  using Pair = std::pair<std::string, std::string>;
  CHECK(parse_data("users=a.csv").value() == Pair{"users", "a.csv"});
  CHECK(parse_data("a.csv").value() == Pair{"data", "a.csv"});
  for (const char* text : {"", "=a", "a=", "a.b=c", "a b=c"}) CHECK_FALSE(parse_data(text).ok());
}

TEST_CASE("values stand in a plan only where they were asked for") {
  Spec spec = minimal();
  spec.url = "http://127.0.0.1/{{seq}}";
  spec.headers = {{"X-User", "{{users.id}}"}};
  CHECK(to_plan(spec).value().kinds.empty());
  spec.data["users"] = {"users.csv", "id\n1\n2\n"};
  const auto plan = to_plan(spec);
  REQUIRE(plan.ok());
  REQUIRE(plan->kinds.size() == 1);
  CHECK_FALSE(plan->kinds[0].path.constant());
  CHECK_FALSE(plan->kinds[0].headers[0].second.constant());
  spec.data["users"].text = "id\n1,2\n";
  CHECK(to_plan(spec).error().where.text() == "users.csv:2");
}

TEST_CASE("a list of targets names the service where no URL does, and headers of all hold") {
  Spec spec;
  spec.targets = weft::perf::NamedText{"list.txt", "GET http://shop:81/a\n\nGET /b\n"};
  spec.headers = {{"A", "b"}};
  const auto plan = to_plan(spec);
  REQUIRE(plan.ok());
  CHECK(plan->target.url.text() == "http://shop:81/");
  REQUIRE(plan->kinds.size() == 2);
  CHECK(plan->kinds[1].headers.size() == 1);
  spec.method = "PUT";
  CHECK_FALSE(to_plan(spec).ok());
}

TEST_CASE("the environment's proxy is taken unless the command line says otherwise") {
  Spec spec = minimal();
  spec.url = "http://shop.example/";
  spec.environment = weft::base::Environment({{"http_proxy", "10.0.0.1:3128"}, {"x", "y"}});
  const auto proxy = [&] {
    const auto plan = to_plan(spec);
    REQUIRE(plan.ok());
    return plan->target.proxy ? plan->target.proxy->text() : "";
  };
  CHECK(proxy() == "http://10.0.0.1:3128");
  spec.proxy = "none";
  CHECK(proxy().empty());
  spec.proxy = "socks5://10.0.0.2";
  CHECK(proxy() == "socks5://10.0.0.2:1080");
  spec.no_proxy = ".example";
  CHECK(proxy().empty());
}
