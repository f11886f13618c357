// Which mesh fits: requirements against the facts of the catalogue, as a ranking with reasons.
//
//   WEFT_TRY(needs, mesh::parse_needs({"mtls", "canary", "rate-limit"}));
//   WEFT_TRY(ranking, mesh::advise(catalog, {.capabilities = needs, .cluster = Minor{1, 33}}));
//
// The score is 0 to 100. Each need counts alike: support by a resource of the mesh's own 1, by
// annotations or helm values 0.9, in part 0.5, experimental 0.4, in an enterprise edition or by raw
// proxy configuration 0.3, not at all or not known 0; without needs all capabilities count. Their
// mean is multiplied by what speaks against the mesh itself (see kPenalties in advise.cpp).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/result.h"
#include "lib/mesh/catalog.h"

namespace weft::mesh {

// Canonical ids of capabilities, each once; an unknown name is a usage error with did-you-mean.
base::Result<std::vector<std::string>> parse_needs(const std::vector<std::string>& names);

struct Requirements {
  std::vector<std::string> capabilities;  // ids
  std::optional<Minor> cluster;           // the version of Kubernetes
  // archived, ended, commercial, external (weft cannot install it), sidecars, network (replaces the
  // cluster's), or the id of a mesh.
  std::vector<std::string> avoid;
};

struct Answer {
  std::string capability;
  std::optional<Support> support;  // absent: not known
};

struct Advice {
  const Mesh* mesh = nullptr;
  double score = 0;
  double breadth = 0;                // 0 to 1: the mean support of all capabilities
  std::optional<Version> version;    // the newest that suits the cluster, else the newest
  std::vector<Answer> answers;       // one for each need, in their order
  std::vector<std::string> against;  // what lowered the score: "archived since 2023-07"
  std::vector<std::string> caveats;
  std::vector<std::string> successors;  // for what is archived or ended
};

struct Avoided {
  const Mesh* mesh = nullptr;
  std::string why;
};

struct Ranking {
  std::vector<Advice> advice;    // best first; equal scores by breadth
  std::vector<Avoided> avoided;  // by id
};

// Names of `avoid` that mean nothing are usage errors. Add-ons, companions and history take no
// part.
base::Result<Ranking> advise(const Catalog& catalog, const Requirements& requirements);

// The words that `avoid` takes besides ids.
std::vector<std::string> avoidable();

}  // namespace weft::mesh
