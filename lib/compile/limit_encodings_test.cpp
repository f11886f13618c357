#include "lib/compile/encoding_cases.h"

namespace weft::compile {
namespace {

TEST_CASE("a rate becomes a token bucket of Envoy") {
  check({{"bucket", "{requests: 10, per: second}",
          "{max_tokens: 10, tokens_per_fill: 10, fill_interval: 1s}"},
         {"bucket", "{requests: 100, per: minute, burst: 20}",
          "{max_tokens: 120, tokens_per_fill: 100, fill_interval: 60s}"},
         {"bucket", "{requests: 5, per: hour}",
          "{max_tokens: 5, tokens_per_fill: 5, fill_interval: 3600s}"}});
  check_foreign("bucket",
                {"{max_tokens: 10}", "{max_tokens: 5, tokens_per_fill: 10, fill_interval: 1s}",
                 "{max_tokens: 5, tokens_per_fill: 5, fill_interval: 7s}"});
}

TEST_CASE("a rate becomes a text of NGINX, which knows no hours") {
  check({{"rate-text", "{requests: 10, per: second}", "10r/s"},
         {"rate-text", "{requests: 300, per: minute}", "300r/m"},
         {"rate-text", "{requests: 5, per: hour}", "",
          "rates per hour are not known, only per second and minute"}});
  check_foreign("rate-text", {"10/s", "r/s", "10r/h", "10"});
}

TEST_CASE("a count a second has an interval in the Gateway API") {
  check({{"count", "10", "{count: 10, interval: 1s}"}});
  check_foreign("count", {"{count: 10, interval: 2s}", "10"});
}

TEST_CASE("a share of Envoy is exact to a ten-thousandth of a percent") {
  check({{"per-million", "50", "{numerator: 50, denominator: HUNDRED}"},
         {"per-million", "12.5", "{numerator: 125000, denominator: MILLION}"},
         {"per-million", "0.1", "{numerator: 1000, denominator: MILLION}"}});
  check_foreign("per-million", {"{numerator: 1, denominator: TEN_THOUSAND}", "50"});
}

TEST_CASE("a duration of protobuf is seconds with decimals, never an exponent") {
  check({{"proto-seconds", "10s", "10s"},
         {"proto-seconds", "1m30s", "90s", "", "1m30s"},
         {"proto-seconds", "20ms", "0.02s", "", "20ms"},
         {"proto-seconds", "1.5s", "1.5s"},
         {"proto-seconds", "20us", "0.00002s", "", "20us"},
         {"proto-seconds", "0s", "0s"},
         {"proto-seconds", "100s", "100s", "", "1m40s"}});
  check_foreign("proto-seconds", {"soon", "10"});
}

TEST_CASE("a ratio of errors is an expression of Traefik") {
  check({{"error-ratio", "30", "\"NetworkErrorRatio() > 0.30\""},
         {"error-ratio", "5", "\"NetworkErrorRatio() > 0.05\""}});
  check_foreign("error-ratio", {"\"LatencyAtQuantileMS(50.0) > 100\"", "0.3"});
}

TEST_CASE("weights become shares of Consul that sum to exactly 100") {
  check(
      {{"shares", "[{service: reviews, weight: 90}, {service: next, weight: 10}]",
        "[{weight: 90}, {weight: 10, service: next}]", "",
        "[{service: reviews, weight: 9000}, {service: next, weight: 1000}]"},
       {"shares", "[{service: a, weight: 1}, {service: b, weight: 1}, {service: c, weight: 1}]",
        "[{weight: 33.33, service: a}, {weight: 33.34, service: b}, {weight: 33.33, service: c}]",
        "", "[{service: a, weight: 3333}, {service: b, weight: 3334}, {service: c, weight: 3333}]"},
       {"shares",
        "[{service: a, weight: 3333}, {service: b, weight: 3334}, {service: c, weight: 3333}]",
        "[{weight: 33.33, service: a}, {weight: 33.34, service: b}, {weight: 33.33, service: c}]"},
       {"shares", "[{service: reviews, version: v1, weight: 1}]",
        "[{weight: 100, serviceSubset: v1}]", "",
        "[{service: reviews, version: v1, weight: 10000}]"},
       {"shares", "[{service: a, weight: 0}]", "", "a weight above 0 is needed"}});
}

TEST_CASE("versions become subsets of Consul") {
  check({{"subsets", "[{version: v1}, {service: next}]",
          "{v1: {filter: Service.Meta.version == v1}}", "", ""},
         {"subsets", "[{service: next}]", ""}});
}

TEST_CASE("methods and paths become rules of Cilium, or one regular expression") {
  check({{"http-rules", "{methods: [GET, PUT], paths: [/a, /b*]}",
          "[{method: GET, path: /a}, {method: GET, path: /b.*}, {method: PUT, path: /a}, "
          "{method: PUT, path: /b.*}]"},
         {"http-rules", "{methods: [GET]}", "[{method: GET}]"},
         {"http-rules", "{paths: [/a]}", "[{path: /a}]"},
         {"alternatives", "[/a, /b*]", "\"/a|/b.*\""}});
  check_foreign("alternatives", {"\".*\""});
}

TEST_CASE("host, port and path become a URL") {
  check({{"url", "{host: zipkin, port: 9411, path: /api/v2/spans}",
          "\"http://zipkin:9411/api/v2/spans\""},
         {"url", "{host: zipkin}", "\"http://zipkin\""},
         {"url", "{port: 9411}", "", "host is needed too"}});
  check_foreign("url", {"\"https://zipkin\"", "\"http://zipkin:port\"", "zipkin"});
}

TEST_CASE("a service and its port become a cluster of Istio") {
  check({{"cluster", "{service: limits.shop.svc.cluster.local, port: 8081}",
          "\"outbound|8081||limits.shop.svc.cluster.local\""}});
  check_foreign("cluster", {"\"inbound|8081||a\"", "\"outbound|a||b\"", "limits"});
}

TEST_CASE("JSON inside a text becomes what it says") {
  check({{"json", "'{\"limit\": 10, \"on\": null}'", "{limit: 10, \"on\": null}", "",
          "'{\"limit\":10,\"on\":null}'"}});
  Names names = case_names();
  const Variant variant;
  Coding coding{names, variant, "", {}};
  CHECK_FALSE(find_encoding("json")->encode(doc::Value("{limit"), coding));
  CHECK(coding.losses.front().starts_with("it must be JSON: "));
}

TEST_CASE("a constant tells nothing of the setting") {
  check({{"const(Cookie)", "session", "Cookie", "", ""},
         {"const(100)", "next", "100", "", ""},
         {"const($namespace)", "next", "shop", "", ""}});
  CHECK(find_encoding("const")->is_silent);
}

}  // namespace
}  // namespace weft::compile
