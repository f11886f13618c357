#include "lib/mesh/advise.h"

#include <algorithm>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/mesh/capabilities.h"

namespace weft::mesh {
namespace {

using base::Error;
using base::ExitCode;

// What a reason against a mesh leaves of its score. A mesh that has ended keeps a rest, so that
// the ranking still shows where its users stand.
struct Penalties {
  double archived = 0.4;
  double ended = 0.05;
  double commercial = 0.8;
  double external = 0.8;       // weft cannot install it
  double kubernetes = 0.6;     // no version is known to suit the cluster
  double needs_another = 0.9;  // works only beside another mesh
  double replaces_network = 0.9;
};
constexpr Penalties kPenalties;

double weight(std::optional<Support> support) {
  if (!support) return 0;
  switch (*support) {
    case Support::yes:
      return 1;
    case Support::annotation:
      return 0.9;
    case Support::partial:
      return 0.5;
    case Support::experimental:
      return 0.4;
    case Support::enterprise:
    case Support::raw:
      return 0.3;
    case Support::no:
      return 0;
  }
  return 0;
}

bool is_candidate(const Mesh& mesh) {
  return mesh.kind == Kind::mesh && mesh.driver != Driver::none &&
         mesh.status.state != State::historical;
}

bool is_external(const Mesh& mesh) { return mesh.driver == Driver::external; }

std::string state_text(const Status& status) {
  return status.since.empty() ? std::string(to_string(status.state))
                              : fmt::format("{} since {}", to_string(status.state), status.since);
}

class Adviser {
 public:
  Adviser(const Catalog& catalog, const Requirements& wanted)
      : catalog_(catalog), wanted_(wanted) {}

  base::Result<Advice> judge(const Mesh& mesh) const {
    Advice advice{.mesh = &mesh};
    WEFT_TRY(all, answers(mesh));
    advice.breadth = mean(all);
    for (const auto& id : wanted_.capabilities) {
      const auto found = std::ranges::find(all, id, &Answer::capability);
      advice.answers.push_back(found != all.end() ? *found : Answer{id, {}});
    }
    if (wanted_.capabilities.empty()) advice.answers = std::move(all);
    advice.score = 100 * mean(advice.answers);
    weigh_status(advice);
    weigh_cluster(advice);
    advice.caveats.insert(advice.caveats.end(), mesh.caveats.begin(), mesh.caveats.end());
    return advice;
  }

 private:
  static double mean(const std::vector<Answer>& answers) {
    double sum = 0;
    for (const auto& one : answers) sum += weight(one.support);
    return sum / static_cast<double>(answers.size());
  }

  // To every capability: the mesh's own word, else that of the mesh underneath.
  base::Result<std::vector<Answer>> answers(const Mesh& mesh) const {
    auto known = mesh.capabilities;
    if (!mesh.capabilities_of.empty()) {
      WEFT_TRY(below, catalog_.find(mesh.capabilities_of));
      known.insert(below->capabilities.begin(), below->capabilities.end());
    }
    std::vector<Answer> all;
    for (const auto& row : capabilities()) {
      Answer one{std::string(row.id), {}};
      if (const auto found = known.find(one.capability); found != known.end())
        one.support = found->second;
      all.push_back(std::move(one));
    }
    return all;
  }

  static void weigh(Advice& advice, double factor, std::string reason) {
    advice.score *= factor;
    advice.against.push_back(std::move(reason));
  }

  void weigh_status(Advice& advice) const {
    const Mesh& mesh = *advice.mesh;
    const auto& status = mesh.status;
    if (status.state == State::archived)
      weigh(advice, kPenalties.archived, state_text(status));
    else if (status.state == State::ended)
      weigh(advice, kPenalties.ended, state_text(status));
    else if (status.state == State::commercial)
      weigh(advice, kPenalties.commercial, "commercial: " + status.note);
    if (status.state == State::archived || status.state == State::ended) {
      advice.successors = status.replaced_by;
      if (!status.successor.empty()) advice.successors.push_back(status.successor);
    }
    if (is_external(mesh)) weigh(advice, kPenalties.external, "weft cannot install it");
    if (!mesh.needs.empty())
      weigh(advice, kPenalties.needs_another, "works beside " + base::join(mesh.needs, ", "));
    if (mesh.preflight.cni)
      weigh(advice, kPenalties.replaces_network, "replaces the network of the cluster");
    if (mesh.preflight.alone) advice.caveats.emplace_back("tolerates no other mesh in the cluster");
  }

  void weigh_cluster(Advice& advice) const {
    for (const auto& version : advice.mesh->versions) {
      if (version.is_line() || version.version.find('-') != std::string::npos) continue;
      if (!advice.version) advice.version = version;
      if (!wanted_.cluster || version.k8s.judge(*wanted_.cluster) != KubeFit::inside) continue;
      advice.version = version;
      return;
    }
    if (wanted_.cluster && advice.version)
      weigh(advice, kPenalties.kubernetes,
            fmt::format("Kubernetes {} is outside {} of {}", wanted_.cluster->text(),
                        advice.version->k8s.text(), advice.version->version));
  }

  const Catalog& catalog_;
  const Requirements& wanted_;
};

// Why a mesh is not to be considered; empty: it is.
std::string avoided_for(const Mesh& mesh, const std::vector<std::string>& avoid) {
  if (std::ranges::find(avoid, mesh.id) != avoid.end()) return "named";
  for (const auto& word : avoid) {
    if (word == to_string(mesh.status.state)) return state_text(mesh.status);
    if (word == "external" && is_external(mesh)) return "weft cannot install it";
    if (word == "network" && mesh.preflight.cni) return "replaces the network of the cluster";
    const auto sidecarless = mesh.capabilities.find("sidecarless");
    if (word == "sidecars" && sidecarless != mesh.capabilities.end() &&
        sidecarless->second == Support::no)
      return "needs sidecars";
  }
  return {};
}

base::Result<void> check_avoid(const Catalog& catalog, const std::vector<std::string>& avoid) {
  auto known = avoidable();
  const auto ids = catalog.ids();
  known.insert(known.end(), ids.begin(), ids.end());
  for (const auto& word : avoid)
    if (std::ranges::find(known, word) == known.end())
      return Error{
          ExitCode::usage,
          fmt::format("--avoid does not know {}{}", word, base::did_you_mean(word, known)),
          fmt::format("give the id of a mesh or one of: {}", base::join(avoidable(), ", "))};
  return {};
}

}  // namespace

std::vector<std::string> avoidable() {
  return {"archived", "ended", "commercial", "external", "sidecars", "network"};
}

base::Result<std::vector<std::string>> parse_needs(const std::vector<std::string>& names) {
  std::vector<std::string> ids;
  for (const auto& name : names) {
    const auto* row = find_capability(name);
    if (row == nullptr) {
      std::vector<std::string> known;
      for (const auto& one : capabilities()) known.emplace_back(one.id);
      return Error{
          ExitCode::usage,
          fmt::format("no capability is called {}{}", name, base::did_you_mean(name, known)),
          fmt::format("one of: {}", base::join(known, ", "))};
    }
    if (std::ranges::find(ids, row->id) == ids.end()) ids.emplace_back(row->id);
  }
  return ids;
}

base::Result<Ranking> advise(const Catalog& catalog, const Requirements& requirements) {
  WEFT_CHECK(check_avoid(catalog, requirements.avoid));
  WEFT_TRY(meshes, catalog.all());
  const Adviser adviser(catalog, requirements);
  Ranking ranking;
  for (const Mesh* mesh : meshes) {
    if (!is_candidate(*mesh)) continue;
    if (auto why = avoided_for(*mesh, requirements.avoid); !why.empty()) {
      ranking.avoided.push_back({mesh, std::move(why)});
      continue;
    }
    WEFT_TRY(advice, adviser.judge(*mesh));
    ranking.advice.push_back(std::move(advice));
  }
  std::ranges::stable_sort(ranking.advice, std::ranges::greater{},
                           [](const Advice& one) { return std::pair(one.score, one.breadth); });
  return ranking;
}

}  // namespace weft::mesh
