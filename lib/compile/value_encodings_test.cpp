#include "lib/compile/encoding_cases.h"

namespace weft::compile {
namespace {

TEST_CASE("a duration is written as Go does and read in any form of it") {
  check({{"duration", "1m30s", "1m30s"},
         {"duration", "250ms", "250ms"},
         {"duration", "0s", "0s"},
         {"duration", "90s", "90s", "", "1m30s"}});
  check_foreign("duration", {"soon", "5", "[1s]"});
}

TEST_CASE("whole seconds and milliseconds round up and say so") {
  check({{"seconds", "1m30s", "90"},
         {"seconds", "0s", "0"},
         {"seconds", "1.5s", "2", "1.5s is rounded up to 2 s", "2s"},
         {"seconds", "1ms", "1", "1ms is rounded up to 1 s", "1s"},
         {"millis", "1.5s", "1500"},
         {"millis", "2h", "7200000"},
         {"millis", "1500us", "2", "1500us is rounded up to 2 ms", "2ms"}});
  check_foreign("seconds", {"-1", "1.5", "5s", "1000000001"});
}

TEST_CASE("the Gateway API takes hours, minutes, seconds and milliseconds, all whole") {
  check({{"gep2257", "1.5s", "1s500ms"},
         {"gep2257", "1m30s", "1m30s"},
         {"gep2257", "2h45m30.25s", "2h45m30s250ms"},
         {"gep2257", "0s", "0s"},
         {"gep2257", "20ms", "20ms"},
         {"gep2257", "100us", "1ms", "100us is rounded up to 1 ms", "1ms"}});
}

TEST_CASE("App Mesh takes a unit and a value") {
  check({{"unit-value", "2s", "{unit: s, value: 2}"},
         {"unit-value", "2.5s", "{unit: ms, value: 2500}"},
         {"unit-value", "1m", "{unit: s, value: 60}"},
         {"unit-value", "0s", "{unit: s, value: 0}"}});
  check_foreign("unit-value", {"{unit: s}", "2s", "{unit: s, value: -1}"});
}

TEST_CASE("percentages become whole numbers, fractions, numbers or texts") {
  check({{"whole", "25", "25"},
         {"whole", "12.5", "13", "12.5 is rounded to 13", "13"},
         {"whole", "0.4", "0", "0.4 is rounded to 0", "0"},
         {"fraction", "20", "0.2"},
         {"fraction", "100", "1"},
         {"fraction", "0.1", "0.001"},
         {"fraction", "12.5", "0.125"},
         {"int-or-text", "10", "10"},
         {"int-or-text", "12.5", "\"12.5\""},
         {"int-or-text", "0.01", "\"0.01\""},
         {"rest", "30", "70"},
         {"rest", "0.5", "99.5"}});
  check_foreign("whole", {"\"25\""});
  check_foreign("int-or-text", {"ten", "true"});
}

TEST_CASE("texts of annotations hold numbers and truth") {
  check({{"text", "3", "\"3\""},
         {"text", "true", "\"true\""},
         {"text", "false", "\"false\""},
         {"text", "0.5", "\"0.5\""}});
  check_foreign("text", {"3", "three"});
}

TEST_CASE("truth may be written the other way round") {
  check({{"not", "true", "false"}, {"not", "false", "true"}});
  check_foreign("not", {"\"true\"", "1"});
}

TEST_CASE("a value may stand inside a fixed text") {
  check({{"wrap(to-%)", "next", "to-next"},
         {"wrap(kernel://%/nsm-1)", "shop", "kernel://shop/nsm-1"},
         {"wrap(spiffe://%/ns/$namespace/sa/$service)", "cluster.local",
          "spiffe://cluster.local/ns/shop/sa/reviews"}});
  check_foreign("wrap(to-%)", {"from-next", "to-", "3"});
}

TEST_CASE("what a mesh takes as it is stays as it is") {
  check({{"", "3", "3"}, {"", "[a, b]", "[a, b]"}, {"", "{a: 1}", "{a: 1}"}});
}

TEST_CASE("an encoding that nobody wrote is none") { CHECK(find_encoding("base64") == nullptr); }

}  // namespace
}  // namespace weft::compile
