// MeshMark: one figure of 0 to 100 for how much of a system's resources, time and rate its mesh
// leaves to the applications. The published index is the mean over classes of the mean of weighted
// MUEs (mesh utilisation efficiencies); it names no classes, no scale and one MUE. Profile
// "weft/1" completes it:
//
//   every MUE      m in 0..1, higher is better, of the published form left / total (mue_kinds())
//   weight         w in -0.5..+0.5 tilts it by the factor 1 + w
//   class          C = sum m (1 + w) / sum (1 + w)      the published term when the w sum to 0
//   MeshMark       100 * mean of the classes
//
//   MeshMarkInput input{.classes = {{"compute", {{"cpu_dp", MueKind::headroom, {755, 4000}}}}}};
//   WEFT_TRY(mark, score(input));
//   mark.score;                                // 81.125
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/result.h"

namespace weft::smp {

inline constexpr std::string_view kMeshMarkProfile = "weft/1";
inline constexpr double kMaxMueWeight = 0.5;  // of either sign

enum class MueKind { headroom, share, lower_better, higher_better, ratio };

struct MueKindRow {
  MueKind kind;
  std::string_view name;                   // "headroom"
  std::array<std::string_view, 2> inputs;  // names of Mue::inputs; the second empty for ratio
  std::string_view formula;
};
std::span<const MueKindRow> mue_kinds();
const MueKindRow& row(MueKind kind);

struct Mue {
  std::string id{};
  MueKind kind = MueKind::ratio;
  std::array<double, 2> inputs{};  // what the kind's row names; one unit for both
  double weight = 0;
  std::string unit{};    // of the inputs, for display: "ms"; may be empty
  std::string origin{};  // where the second input comes from: "limit", "declared", "baseline run"
};

struct MueClass {
  std::string name{};
  std::vector<Mue> mues{};
  std::vector<std::string> missing{};  // ids of defined MUEs without data
};

// How compute and memory are judged: against an assigned budget, or against the application's use.
enum class MeshMarkMethod { headroom, share };
std::string_view method_name(MeshMarkMethod method);

struct MeshMarkInput {
  MeshMarkMethod method = MeshMarkMethod::headroom;
  std::vector<MueClass> classes{};
};

struct MueScore {
  Mue mue;
  double value = 0;   // m
  double points = 0;  // of the MeshMark, with this weight
  double lost = 0;    // points the MeshMark would gain if m were 1
  double gain = 0;    // points for 10 % less of what the mesh takes (time, use, failures)
};

struct MueClassScore {
  std::string name;
  double value = 0;  // C, 0..1
  std::vector<MueScore> mues;
  std::vector<std::string> missing;
};

struct MeshMark {
  double score = 0;      // 0..100
  double literal = 0;    // the published index taken word for word, times 100: -50..50
  double mue_total = 1;  // the published PUE-like sum 1 + resource MUEs; 1 is fully used
  bool partial = false;  // a class has no data: do not compare with a whole score
  MeshMarkMethod method = MeshMarkMethod::headroom;
  std::vector<std::string> missing_classes;
  std::size_t used = 0, defined = 0;  // MUEs
  std::vector<MueClassScore> classes;
};

// Input errors name the MUE: a weight out of range, a number that is not finite or negative, a
// divisor of 0, a ratio above 1, the same id twice in a class, nothing to score. Classes whose
// names are all the profile's must cover the profile; any other set of classes is complete.
base::Result<MeshMark> score(const MeshMarkInput& input);

// A MUE with the name of its class.
struct RankedMue {
  std::string class_name;
  MueScore mue;
};
std::vector<RankedMue> by_loss(const MeshMark& mark);  // what lowers the score most first
std::vector<RankedMue> by_gain(const MeshMark& mark);  // what a tenth less would raise most first

}  // namespace weft::smp
