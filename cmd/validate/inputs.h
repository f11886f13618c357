// What `weft validate` judges: files and folders, patterns, kustomizations and charts as they are
// rendered, and the objects of a live cluster, alone or together.
#pragma once

#include <string>
#include <vector>

#include "cmd/cluster_context.h"
#include "lib/doc/read.h"
#include "lib/kube/live.h"
#include "lib/schema/schema_set.h"

namespace weft::cmd {

struct InputFlags {
  std::vector<std::string> paths;
  std::vector<std::string> kustomizations;
  std::vector<std::string> charts;
  std::vector<std::string> values;  // files
  std::vector<std::string> set;
  std::string release = "release";
  std::string mesh;               // of patterns: what mesh-agnostic types are made for
  std::vector<std::string> vars;  // of patterns
  bool allow_loss = false;        // of patterns: what that mesh cannot express is left out
  bool cluster = false;
  ClusterFlags where;

  std::string ns() const { return where.ns.empty() ? "default" : where.ns; }
};
std::vector<cli::Flag> with_input_flags(InputFlags& target, std::vector<cli::Flag> flags);

struct Input {
  std::vector<doc::Manifests> files;  // those that can be edited first, then what was rendered
  std::size_t editable = 0;
  std::vector<doc::Manifests> live;
  std::vector<kube::Gap> gaps;  // what the cluster did not let us read
};
base::Result<Input> read_input(Context& context, const InputFlags& flags);

// What one run reads at most: in memory the values take eight times the text.
inline constexpr std::uint64_t kMostInputBytes = 512u << 20;

// A file, or standard input when it is "-"; more than kMostInputBytes are an input error.
base::Result<doc::Source> read_source(Context& context, const std::string& path);

// The objects of a chart, definitions of crds/ included.
base::Result<kube::Objects> render_chart(Context& context, const InputFlags& flags,
                                         const std::string& chart);

}  // namespace weft::cmd
