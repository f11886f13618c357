// Features of a standard that go beyond its core: which of them a mesh declares, and what the tests
// say about each.
//
//   prove_features(spec, declared_features(spec, {"-MeshConsumerRoute"}), suite);
#pragma once

#include <set>
#include <string>
#include <vector>

#include "lib/base/result.h"
#include "lib/conform/suite.h"

namespace weft::conform {

// Those that tests of the suite need, by name.
std::set<std::string> features_of(const SuiteSpec& suite);

// `wanted`: names are the features that are declared, "-Name" all but that; empty: all. A name that
// no suite knows is the caller's to refuse.
std::set<std::string> declared_features(const SuiteSpec& suite,
                                        const std::vector<std::string>& wanted);

// Fills in Suite::features: proven when every test of it passed, contradicted when one failed.
// Extended tests of features that are not declared become informational.
void prove_features(const SuiteSpec& spec, const std::set<std::string>& declared, Suite& suite);

}  // namespace weft::conform
