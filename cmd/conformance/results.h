// What the commands of `weft conformance` share: the store, results by name, and signed statements
// with the files they speak of.
#pragma once

#include <string>
#include <vector>

#include "cmd/context.h"
#include "lib/attest/verify.h"
#include "lib/base/result.h"
#include "lib/cli/command.h"
#include "lib/conform/import.h"
#include "lib/perf/store.h"

namespace weft::cmd {

perf::Store conformance_store(const Context& context);

// A stored result, or the runs of a file.
struct LoadedRuns {
  std::string path{};      // of the file, for what stands beside it
  std::string text{};      // exactly what was read
  attest::Subject file{};  // and its digest
  conform::Origin origin = conform::Origin::weft;
  std::vector<conform::Run> runs{};
};
base::Result<LoadedRuns> load_conformance(const Context& context, const std::string& selector);
std::vector<cli::Candidate> complete_conformance(Context& context, std::string_view prefix);

// Who made the mesh, as a ConformanceReport names it.
struct ImplementationFlags {
  std::string organization, project, url, version;
  std::vector<std::string> contacts;
};
std::vector<cli::Flag> with_implementation_flags(ImplementationFlags& flags,
                                                 std::vector<cli::Flag> others);
// Those that are given.
void fill_in(const ImplementationFlags& flags, conform::Mesh& mesh);

// --key FILE, as often as needed.
base::Result<std::vector<attest::TrustedKey>> trusted_keys(const Context& context,
                                                           const std::vector<std::string>& files);

struct CheckedStatement {
  attest::Envelope envelope;
  attest::Verified verified;
  std::vector<std::string> present;  // names of subjects that stand beside it, unchanged
  std::vector<std::string> missing;
};
// Verifies the statement in `path`, of a folder its result.intoto.json, and the files of its
// subjects that stand in the same folder.
base::Result<CheckedStatement> check_statement(const Context& context, const std::string& path,
                                               const attest::Policy& policy);

// The path of `name` in the folder of `path`.
std::string beside(const std::string& path, const std::string& name);

}  // namespace weft::cmd
