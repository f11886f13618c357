// Results as people name them: by id, a unique beginning of one, the name of a run, `latest`,
// `latest~1`, or the path of any file that import can read; FILE#2 is the second run of a file.
//
//   WEFT_TRY(run, load_result(store, "latest~1"));
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/perf/store.h"
#include "lib/smp/import.h"
#include "lib/smp/run.h"

namespace weft::perf {

inline constexpr std::string_view kRunFile = "run.json";        // everything, weft.perf-run/v1
inline constexpr std::string_view kResultFile = "result.json";  // SMP PerformanceTestResult
inline constexpr std::string_view kTestFile = "test.json";      // SMP PerformanceTestConfig
inline constexpr std::string_view kEnvironmentFile = "environment.json";
inline constexpr std::string_view kMeshFile = "mesh.json";  // only when the mesh is known

// The run as JSON of about this size at most, however long it was: slices of time are joined in
// pairs until it fits, down to what a comparison still needs.
inline constexpr std::size_t kMaxRunBytes = 180'000;
std::string run_document(smp::Run run, std::size_t most = kMaxRunBytes);

// Stores the run with its SMP documents, whose details_uri points to run.json in the store.
// Completes `run` with that URI; a run without an id is an error.
base::Result<void> save_run(const Store& store, smp::Run& run);

// Reads what save_run wrote.
base::Result<smp::Run> load_run(const Store& store, std::string_view id);

struct Entry {
  std::string id;
  std::optional<smp::Run> run;
  std::string broken;  // why it cannot be read; empty when it can
};
std::vector<Entry> list_runs(const Store& store);  // newest first

// The id that `selector` means in the store; absent when it means none. A whole id comes before a
// name and a name before the beginning of an id. Errors: a beginning that fits several ids,
// `latest~5` of three results.
base::Result<std::optional<std::string>> find_run(const Store& store, std::string_view selector);
// The same, with an error that lists what is close when there is none.
base::Result<std::string> require_run(const Store& store, std::string_view selector);

// From the store, else from a file. `directory` is where relative paths start; `options` are for
// reading a file.
base::Result<smp::Run> load_result(const Store& store, std::string_view selector,
                                   const std::string& directory,
                                   const smp::ImportOptions& options = {});

}  // namespace weft::perf
