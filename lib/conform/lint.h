// What is wrong with a suite, found without a cluster: its structure (suite.h), and every object
// it would apply, rendered in every version it may be applied in and held against the schemas that
// are compiled in.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "lib/conform/catalog.h"

namespace weft::conform {

// Versions by resource id.
using Versions = std::map<std::string, std::string>;

// The best version of each resource. `pinned` is the only one for all kinds of the groups that have
// it, so kinds that do not are left out. A version that no resource has is a usage error.
base::Result<Versions> newest_versions(const SuiteSpec& suite, const std::string& pinned = {});

// Of what is served: group and kind, "split.smi-spec.io/TrafficSplit", to versions. Resources that
// are not served in a version of the suite are left out.
using Served = std::map<std::string, std::vector<std::string>>;
Versions negotiate(const SuiteSpec& suite, const Served& served, const std::string& pinned = {});

// Adds the versions of a kind that an aggregated API server serves: what `group`, the answer to a
// GET of /apis/<group>, says.
void add_aggregated(const ResourceSpec& resource, const doc::Value& group, Served& served);

// Why a test cannot run with these versions; empty when it can.
std::string missing_for(const SuiteSpec& suite, const TestSpec& test, const Versions& versions);

std::vector<base::Error> lint(const OpenSuite& opened);

// What a test would apply, in order.
struct PlannedTest {
  const TestSpec* test;
  std::string skipped;  // why nothing is applied
  kube::Objects objects;
};
base::Result<std::vector<PlannedTest>> plan(const SuiteSpec& suite, const Templates& templates,
                                            const Versions& versions, const std::string& ns);

}  // namespace weft::conform
