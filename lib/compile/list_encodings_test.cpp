#include "lib/compile/encoding_cases.h"

namespace weft::compile {
namespace {

Variant tables() {
  Variant variant;
  variant.values["conditions"] = {{"server-error", "5xx"}, {"gateway-error", "gateway-error"}};
  variant.values["http"] = {{"server-error", "server-error"}, {"connect-failure", ""}};
  variant.values["lower"] = {{"HTTP", "http"}, {"HTTPS", "https"}};
  variant.values["upgrade"] = {{"true", "UPGRADE"}, {"false", "DO_NOT_UPGRADE"}};
  variant.values["codes"] = {{"gateway-error", "502,503,504"}};
  return variant;
}

TEST_CASE("words go through the table of the mesh") {
  check({{"word(lower)", "HTTP", "http"},
         {"word(lower)", "TCP", "", "TCP has no counterpart"},
         {"word(upgrade)", "true", "UPGRADE"},
         {"word(upgrade)", "false", "DO_NOT_UPGRADE"},
         {"words(conditions)", "[server-error, gateway-error]", "[5xx, gateway-error]"},
         {"words(conditions)", "[reset]", "", "reset has no counterpart"},
         {"word-text(conditions)", "[server-error, gateway-error]", "\"5xx,gateway-error\""}},
        tables());
  check_foreign("word(lower)", {"ftp", "3"}, tables());
}

TEST_CASE("a word that is expressed elsewhere is left out without a loss") {
  check({{"words(http)", "[server-error, connect-failure]", "[server-error]", "", "[server-error]"},
         {"words(http)", "[connect-failure]", ""}},
        tables());
}

TEST_CASE("conditions of retries: words first, then statuses") {
  check({{"conditions(conditions)", "{on: [server-error], statusCodes: [409, 429]}",
          "[5xx, \"409\", \"429\"]"},
         {"conditions(conditions)", "{statusCodes: [409]}", "[\"409\"]"},
         {"condition-text(conditions)", "{on: [server-error, gateway-error], statusCodes: [409]}",
          "\"5xx,gateway-error,409\""},
         {"condition-text(conditions)", "{on: [reset]}", "", "reset has no counterpart"}},
        tables());
  check_foreign("condition-text(conditions)", {"\"5xx,unheard-of\"", "[5xx]"}, tables());
}

TEST_CASE("statuses that a condition stands for are written once each") {
  check({{"codes(codes)", "{on: [gateway-error], statusCodes: [503, 429]}", "[502, 503, 504, 429]",
          "", "{statusCodes: [502, 503, 504, 429]}"},
         {"codes(codes)", "{statusCodes: [429]}", "[429]"},
         {"codes(codes)", "{on: [reset]}", "", "reset has no counterpart"}},
        tables());
}

TEST_CASE("maps and lists take the form of the mesh") {
  check({{"pairs", "{x-a: \"1\", x-b: \"2\"}",
          "[{name: x-a, value: \"1\"}, {name: x-b, value: \"2\"}]"},
         {"items(exact)", "[a, b]", "[{exact: a}, {exact: b}]"},
         {"only", "[a]", "a"},
         {"only", "[a, b]", ""},
         {"domains", "[api.example.com]",
          "[{type: Domain, value: api.example.com, port: 443, protocol: tls}]"}});
  check_foreign("pairs", {"[{name: x-a}]", "{x-a: 1}"});
  check_foreign("items(exact)", {"[{prefix: a}]", "[{exact: a, other: b}]"});
  check_foreign("domains", {"[{type: IP, value: 192.0.2.1}]"});
}

}  // namespace
}  // namespace weft::compile
