// A pattern as commands take it: from a file, a folder, standard input or a URL, with variables,
// and everything that is made of it without a cluster.
//
//   .flags = with_pattern_flags(options->input, {...})
//   WEFT_TRY(input, open_pattern(context, options.input));
//   for (const auto& level : input->graph.levels) ...
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cmd/context.h"
#include "lib/cli/command.h"
#include "lib/kube/cluster.h"
#include "lib/mesh/catalog.h"
#include "lib/pattern/reading/read.h"
#include "lib/pattern/resolving/graph.h"

namespace weft::cmd {

struct PatternFlags {
  std::string path;
  std::optional<std::string> text;  // of `path`, when it has been read already
  std::vector<std::string> vars;
  std::vector<std::string> set;
  std::string checksum;
  std::string ns = "default";
  std::string mesh;  // ID or ID@VERSION: what mesh-agnostic types are made for
  bool allow_loss = false;
  bool check_only = false;  // see pattern::ResolveOptions
};
cli::Flag mesh_flag(PatternFlags& flags);
cli::Flag allow_loss_flag(PatternFlags& flags);
std::vector<cli::Flag> with_pattern_flags(PatternFlags& flags, std::vector<cli::Flag> more);

// Lives at one place: its parts point into each other.
struct PatternInput {
  explicit PatternInput(mesh::Catalog meshes) : catalog(std::move(meshes)) {}

  mesh::Catalog catalog;
  pattern::Reading reading;  // its notes are those of all steps
  pattern::Types types;
  pattern::Resolution resolution;
  pattern::Graph graph;
};

base::Result<std::unique_ptr<PatternInput>> open_pattern(Context& context,
                                                         const PatternFlags& flags);

// The two halves of open_pattern(). Between them `cluster` may be opened, which is asked about
// kinds that weft does not know; it may be null.
base::Result<std::unique_ptr<PatternInput>> read_pattern(Context& context,
                                                         const PatternFlags& flags);
base::Result<void> resolve_pattern(PatternInput& input, const PatternFlags& flags,
                                   kube::Cluster* cluster);

// "shop.yaml:3:5 warning: ..." a line; those of level info only when `all`.
std::string notes_text(const pattern::Notes& notes, bool all, const term::Terminal& terminal);

}  // namespace weft::cmd
