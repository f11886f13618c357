// The commands of `weft meshmark`, and what they share: where a MeshMark is computed from.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cmd/context.h"
#include "lib/base/result.h"
#include "lib/cli/command.h"
#include "lib/smp/meshmark.h"

namespace weft::cmd {

cli::Command meshmark_command();

cli::Command meshmark_score_command();
cli::Command meshmark_explain_command();

struct MeshMarkOptions {
  std::string input;
  std::string baseline;
  std::string resources;
  std::string method;  // empty: what the input says, else headroom
  std::vector<std::string> weights;
  bool partial = false;
};

std::vector<cli::Argument> meshmark_arguments(MeshMarkOptions& options);
std::vector<cli::Flag> meshmark_flags(MeshMarkOptions& options);

base::Result<smp::MeshMark> meshmark_of(Context& context, const MeshMarkOptions& options);

// "MeshMark 70.8 of 100 ...": the first line of both commands.
std::string meshmark_headline(const smp::MeshMark& mark);

// Every MUE with what it gives and costs, and what lowers and would raise the score most.
std::string meshmark_details(const smp::MeshMark& mark, const term::Terminal& terminal);

// What a MUE was computed from, for people: "755 of 4000 m used".
std::string mue_inputs(const smp::Mue& mue);

}  // namespace weft::cmd
