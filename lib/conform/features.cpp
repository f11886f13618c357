#include "lib/conform/features.h"

#include <algorithm>

namespace weft::conform {
namespace {

const Test* result_of(const Suite& suite, const std::string& id) {
  const auto found = std::ranges::find(suite.tests, id, &Test::id);
  return found == suite.tests.end() ? nullptr : &*found;
}

Proof proof_of(const SuiteSpec& spec, const std::string& feature, const Suite& suite) {
  bool passed = false;
  bool open = false;
  for (const TestSpec& test : spec.tests) {
    if (std::ranges::count(test.features, feature) == 0) continue;
    const Test* result = result_of(suite, test.id);
    if (result != nullptr && result->verdict == Verdict::fail) return Proof::contradicted;
    const bool good = result != nullptr && result->verdict == Verdict::pass;
    passed |= good;
    open |= !good;
  }
  return passed && !open ? Proof::proven : Proof::unproven;
}

}  // namespace

std::set<std::string> features_of(const SuiteSpec& suite) {
  std::set<std::string> out;
  for (const TestSpec& test : suite.tests) out.insert(test.features.begin(), test.features.end());
  return out;
}

std::set<std::string> declared_features(const SuiteSpec& suite,
                                        const std::vector<std::string>& wanted) {
  const std::set<std::string> all = features_of(suite);
  const bool only = std::ranges::any_of(wanted, [](auto& name) { return !name.starts_with('-'); });
  std::set<std::string> out = only ? std::set<std::string>{} : all;
  for (const std::string& name : wanted) {
    if (name.starts_with('-'))
      out.erase(name.substr(1));
    else if (all.contains(name))
      out.insert(name);
  }
  return out;
}

void prove_features(const SuiteSpec& spec, const std::set<std::string>& declared, Suite& suite) {
  for (const std::string& name : features_of(spec))
    suite.features.push_back({name, declared.contains(name), proof_of(spec, name, suite)});
  for (const TestSpec& test : spec.tests) {
    const bool asked = std::ranges::all_of(
        test.features, [&](const std::string& name) { return declared.contains(name); });
    const auto result = std::ranges::find(suite.tests, test.id, &Test::id);
    if (result != suite.tests.end() && (!asked || test.provisional))
      result->level = Level::informational;
  }
}

}  // namespace weft::conform
