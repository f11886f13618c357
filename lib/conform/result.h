// The result of a conformance run: what was asked of which mesh, what every test and step saw, and
// what follows from it. A plain struct; the runner fills it, reports and the matrix read it.
// Reports of other tools come here too: they state counts and name few tests (Suite::core,
// Suite::tests).
//
//   suite.tests.push_back({.id = "TS-07", .title = "weights are honoured", .verdict =
//   Verdict::pass}); tally(suite);                                  // counts, verdict and
//   capability write(doc::write_json(run_to_json(run)));      // schema weft.conformance-result/v1
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/clock.h"
#include "lib/base/result.h"
#include "lib/doc/value.h"

namespace weft::conform {

inline constexpr std::string_view kResultSchema = "weft.conformance-result/v1";
// No result, report or table is larger than that.
inline constexpr std::uint64_t kMaxResultBytes = 16u << 20;

// `error`: the infrastructure failed, nothing is known of the mesh. A skip is never a pass.
enum class Verdict { pass, fail, error, skip, inconclusive };
inline constexpr std::array<std::string_view, 5> kVerdicts{"pass", "fail", "error", "skip",
                                                           "inconclusive"};
// What a mesh can do, apart from whether it complies. `none`: the API is not served or was refused.
enum class Capability { untested, none, fail, partial, full };
inline constexpr std::array<std::string_view, 5> kCapabilities{"untested", "none", "fail",
                                                               "partial", "full"};
enum class Level { core, extended, informational };
inline constexpr std::array<std::string_view, 3> kLevels{"core", "extended", "informational"};
// A feature that is declared may be contradicted by a test, one that is not may work.
enum class Proof { unproven, proven, contradicted };
inline constexpr std::array<std::string_view, 3> kProofs{"unproven", "proven", "contradicted"};

constexpr std::string_view name_of(Verdict v) { return kVerdicts[static_cast<std::size_t>(v)]; }
constexpr std::string_view name_of(Capability c) {
  return kCapabilities[static_cast<std::size_t>(c)];
}
constexpr std::string_view name_of(Level l) { return kLevels[static_cast<std::size_t>(l)]; }
constexpr std::string_view name_of(Proof p) { return kProofs[static_cast<std::size_t>(p)]; }

struct Counts {
  std::uint64_t passed = 0;
  std::uint64_t failed = 0;
  std::uint64_t skipped = 0;
  std::uint64_t inconclusive = 0;
  std::uint64_t errors = 0;

  std::uint64_t total() const { return passed + failed + skipped + inconclusive + errors; }
  friend bool operator==(const Counts&, const Counts&) = default;
};

// One backend's part of a split; shares in parts per million (files hold no fractions).
struct Share {
  std::string backend{};
  std::uint64_t hits = 0;
  std::uint64_t wanted_ppm = 0;
  std::uint64_t margin_ppm = 0;
  std::uint64_t low_ppm = 0;  // of the exact interval
  std::uint64_t high_ppm = 0;
};

// What one step of a test did and saw.
struct Observation {
  std::string step{};  // "probe from app-a"
  std::string expected{};
  std::string observed{};
  Verdict verdict = Verdict::pass;
  std::uint64_t requests = 0;
  std::map<std::string, std::uint64_t> outcomes{};  // "http:200" -> 598, "reset" -> 2
  std::vector<Share> shares{};
  std::uint64_t duration_ms = 0;
};

// Where the raw probes of a test stand in evidence.jsonl.
struct Evidence {
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;
  std::string sha256{};
};

struct Test {
  std::string id{};
  std::string title{};
  std::string capability{};  // "split/weights"
  Level level = Level::core;
  Verdict verdict = Verdict::pass;
  std::string reason{};  // of everything but a pass
  std::uint64_t attempts = 1;
  std::uint64_t duration_ms = 0;
  std::optional<std::uint64_t> propagation_ms{};  // until the new configuration was live
  std::vector<Observation> observations{};
  std::optional<Evidence> evidence{};
};

struct Feature {
  std::string name{};
  bool declared = false;
  Proof proof = Proof::unproven;
};

struct Suite {
  std::string name{};              // "smi-traffic-split"
  std::string version{};           // of the suite
  std::string sha256{};            // of the suite's files
  std::string standard{};          // "smi/traffic-split", "gateway-api/MESH-HTTP"
  std::string standard_version{};  // "v1alpha4", "v1.3.0": what was served or tested
  Verdict verdict = Verdict::skip;
  Capability capability = Capability::untested;
  std::string reason{};
  Counts core{};
  std::optional<Counts> extended{};
  std::vector<Feature> features{};
  std::vector<Test> tests{};  // an imported report names only those that did not pass
  std::uint64_t duration_ms = 0;
};

struct Image {
  std::string name{};
  std::string digest{};  // "sha256:..."
};

struct Mesh {
  std::string name{};  // the project: "istio"
  std::string version{};
  std::string organization{};
  std::string url{};
  std::vector<std::string> contacts{};
  std::vector<Image> images{};
  std::map<std::string, std::vector<std::string>> served{};  // CRD -> versions
};

// Who ran it: "weft", or the tool that a report was imported from.
struct Tool {
  std::string name{};
  std::string version{};
  std::string sha256{};
};

struct Cluster {
  std::string version{};
  std::uint64_t nodes = 0;
  std::string uid{};  // of the namespace kube-system
};

struct Method {
  std::uint64_t alpha_ppm = 0;
  std::uint64_t margin_ppm = 0;
  std::uint64_t looks = 0;
};

struct Cleanup {
  bool complete = true;
  std::vector<std::string> leftovers{};  // "Deployment weft-x-1/app-a"
};

struct Run {
  std::string id{};
  std::string challenge{};  // given by who will verify: the run is not older than it
  std::optional<base::WallTime> started{};
  std::optional<base::WallTime> finished{};
  Tool tool{};
  Cluster cluster{};
  Mesh mesh{};
  std::string bundle{};      // of the Gateway API as installed: "v1.3.0", or "UNDEFINED"
  std::string channel{};     // of the Gateway API: "standard", "experimental"
  std::string mode{};        // of the implementation: "default"
  std::string sample_app{};  // image with its digest
  std::optional<std::uint64_t> seed{};
  std::optional<Method> method{};
  bool partial = false;                    // only some tests were asked for
  std::vector<std::string> deviations{};   // settings that make the result non-standard
  std::vector<std::string> provisional{};  // provisional tests of the Gateway API that passed
  std::vector<Suite> suites{};
  std::optional<Cleanup> cleanup{};
};

// Counts, verdict and capability of a suite from its tests and features. Informational tests count
// nowhere; an extended test of a feature nobody declared is the runner's to leave out. A capability
// of `none` stays: only the runner knows that an API is not served.
void tally(Suite& suite);
// fail, error and inconclusive of any suite in this order, else pass; skip when nothing was tested.
Verdict verdict_of(const Run& run);
Verdict verdict_of(const Counts& counts);
// Core and extended tests together.
Counts all_counts(const Suite& suite);
// untested when nothing passed or failed, full when everything passed.
Capability capability_of(const Counts& counts);

doc::Value run_to_json(const Run& run);
// An unknown member, a count beyond a million, another schema: an input error with its position.
base::Result<Run> run_from_json(const doc::Document& document);

}  // namespace weft::conform
