#include "lib/rules/examples.h"

#include <string_view>

namespace weft::rules {

// Made by CMake from testdata/rules.
struct Fixture {
  std::string_view id;
  std::string_view name;
  std::string_view text;
};
extern const Fixture kFixtures[];
extern const std::size_t kFixtureCount;

namespace {

// Without "# WI010 here": the marks that say where the tests want a finding.
std::string without_marks(std::string_view text) {
  std::string out(text);
  for (std::size_t at = 0; (at = out.find("  # W", at)) != std::string::npos;)
    out.erase(at, out.find('\n', at) - at);
  return out;
}

}  // namespace

Example example_of(const Rule& rule) {
  Example example;
  for (std::size_t i = 0; i < kFixtureCount; ++i) {
    if (kFixtures[i].id != rule.id) continue;
    (kFixtures[i].name == "bad" ? example.bad : example.good) = without_marks(kFixtures[i].text);
  }
  return example;
}

}  // namespace weft::rules
