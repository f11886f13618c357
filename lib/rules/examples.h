// The examples of a rule are its fixtures, testdata/rules/<id>/{bad,good}.yaml, compiled in: what
// `weft explain` shows is what the tests check. Marks of the tests are taken out.
#pragma once

#include <string>

#include "lib/rules/rule.h"

namespace weft::rules {

struct Example {
  std::string bad;   // the rule finds something here
  std::string good;  // and nothing here
};
Example example_of(const Rule& rule);

}  // namespace weft::rules
