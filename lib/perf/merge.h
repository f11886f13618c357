// Several runs of one target as one: workers that ran at the same time (their rates add up), or
// repeats one after the other (their times do). Histograms are added cell by cell, so nothing is
// lost but the order of what came when within a slice of time.
//
//   Merger merger;          // holds one run's worth of memory, however many come
//   for (...) WEFT_CHECK(merger.add(read()));
//   WEFT_TRY(whole, merger.finish());   // of the latency's count: the sum of theirs
#pragma once

#include <memory>
#include <optional>
#include <span>

#include "lib/base/result.h"
#include "lib/smp/run.h"

namespace weft::perf {

enum class Manner { together, in_turn };

// Two runs or more, one after the other. The merged run has no id. Its verdict is the worst of
// theirs, its labels and environment what they have in common. Input errors name the run: it
// carries percentiles or coarse buckets instead of a histogram, which cannot be added up; it
// measures something else than the first; its time overlaps with that of another one in part only.
class Merger {
 public:
  // `manner` when it is known how they ran, whatever their times say.
  explicit Merger(std::optional<Manner> manner = std::nullopt);
  Merger(Merger&&) noexcept;
  Merger& operator=(Merger&&) noexcept;
  ~Merger();
  base::Result<void> add(smp::Run run);
  std::size_t count() const;
  base::Result<smp::Run> finish();  // once

 private:
  struct State;
  std::unique_ptr<State> state_;
};

base::Result<smp::Run> merge(std::span<const smp::Run> runs);
base::Result<smp::Run> merge(std::span<const smp::Run> runs, Manner manner);

}  // namespace weft::perf
