// What was asked for, made exact: which charts with which content and which values. Reads charts,
// never the cluster; equal orders give equal setups.
//
//   WEFT_TRY(setup, set_up(helm, *mesh, {.version = "1.30", .request = {.mode = "ambient"}}));
//   for (const SetupStep& step : setup.steps) use(step.chart, step.values);
#pragma once

#include <deque>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "lib/mesh/charts.h"
#include "lib/mesh/selection.h"

namespace weft::lifecycle {

// Values given by the user. `step` empty means every step whose chart knows the keys.
struct GivenValues {
  std::string step{};
  doc::Value values{};
};

struct Order {
  std::string version{};  // empty: what local charts are, else the newest
  mesh::Request request{};
  std::vector<GivenValues> values{};
  std::set<std::string> secrets{};              // texts in `values` that no record may keep
  std::map<std::string, std::string> inputs{};  // by name of Input
  std::string registry{};                       // mirror host and prefix for all images
  mesh::ChartSources charts{};
};

struct SetupStep {
  const mesh::Step* step = nullptr;
  mesh::LocatedChart chart{};
  std::string tree{};  // root of the kustomize tree, for a step without a chart
  doc::Value values{};
  std::string values_sha256{};
};

struct Setup {
  const mesh::Mesh* mesh = nullptr;
  mesh::Version version;
  mesh::Selection selection;
  std::vector<SetupStep> steps{};
  std::map<std::string, doc::Value> user_values{};  // by step: those of the order
  Order order{};
  std::deque<mesh::Step> own_steps{};  // those that differ from the mesh's: `steps` may point here
};

// "[STEP:]a.b=1,c=2" of a --set flag; the step must be one of the mesh.
base::Result<GivenValues> parse_given(const mesh::Mesh& mesh, std::string_view text);

base::Result<Setup> set_up(kube::Helm& helm, const mesh::Mesh& mesh, const Order& order);

}  // namespace weft::lifecycle
