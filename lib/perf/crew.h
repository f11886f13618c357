// Several workers that measure one target together, on this machine or in pods: what they say of
// themselves, and the one result that comes of it.
//
//   Crew crew(4);
//   crew.take(message);                       // of a FrameReader, in any order
//   if (crew.all_ready()) give_start();
//   WEFT_TRY(run, combine(spec, plan, std::move(crew)));
//
// Messages: "ready" {now_ns}, "progress" {...}, "result" (a run document), "failed" {code, ...}.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lib/load/engine.h"
#include "lib/perf/frame.h"
#include "lib/perf/merge.h"
#include "lib/perf/spec.h"
#include "lib/smp/run.h"

namespace weft::perf {

struct CrewMember {
  std::optional<base::WallTime> clock;  // its own, when it last said that it was ready
  std::optional<load::Progress> progress;
  std::optional<smp::Run> run;         // but for its times and slices, which have been added up
  std::string document;                // all of it as it came, where they are kept
  std::optional<base::Error> failure;  // in its own words
  std::string gone;                    // why nothing more will come, as seen from outside

  bool settled() const { return run || failure || !gone.empty(); }
};

class Crew {
 public:
  explicit Crew(unsigned count, bool keep_documents = false)
      : members_(count), keep_documents_(keep_documents) {}

  unsigned count() const { return static_cast<unsigned>(members_.size()); }
  std::vector<CrewMember>& members() { return members_; }
  const std::vector<CrewMember>& members() const { return members_; }

  // A message that cannot be read, or comes from nobody, is kept as a problem.
  void take(const Message& message);
  // What else there is to say about damaged messages.
  void add_problem(std::string sentence) { problems_.push_back(std::move(sentence)); }
  const std::vector<std::string>& problems() const { return problems_; }

  bool all_ready() const;
  bool all_settled() const;
  bool any_settled() const;
  // The latest of their clocks: on one machine and on several, the start is given by it.
  base::WallTime latest_clock() const;
  // Counts and rates of all; times of the slowest.
  load::Progress progress() const;
  // The results that came as one, by Merger; nothing when there is none. Once.
  std::optional<base::Result<smp::Run>> take_sum();

 private:
  base::Result<void> take_result(const Message& message);

  std::vector<CrewMember> members_;
  std::vector<std::string> problems_;
  bool keep_documents_ = false;
  std::optional<smp::Run> first_;  // until there is another one to add it to
  Merger merger_{Manner::together};
  base::Result<void> merged_;
};

// What each side writes. A result is at most about kMaxWorkerBytes: container logs are rotated.
inline constexpr std::size_t kMaxWorkerBytes = 900'000;
Message ready_message(unsigned worker, base::WallTime now);
Message progress_message(unsigned worker, const load::Progress& progress);
Message result_message(unsigned worker, const smp::Run& run);
Message failed_message(unsigned worker, const base::Error& error);

// The part of one generator of a plan for all of them: its connections, and which arrivals are its
// own. Usage errors: fewer connections or requests than parts. Demands that the plan says how many
// threads each has and which seed all have.
base::Result<load::Plan> part_of(load::Plan plan, load::Part part);

// The results of all as one, `plan` being that of all. Invalid, with reasons, when one is missing
// or what they did was not at the same time. An error only when there is no result at all.
base::Result<smp::Run> combine(const Spec& spec, const load::Plan& plan, Crew crew);

}  // namespace weft::perf
