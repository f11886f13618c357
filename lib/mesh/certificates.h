// Certificates that a mesh stands or falls with, and how long they still hold: authorities of the
// control plane and the bundles of its webhooks.
//
//   WEFT_TRY(found, read_mesh_certificates(cluster, "istio", "istio-system", now));
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lib/base/clock.h"
#include "lib/base/result.h"
#include "lib/kube/cluster.h"
#include "lib/mesh/check.h"

namespace weft::mesh {

struct HeldCertificate {
  std::string what;    // "issuer", "trust anchor", "certificate authority"
  std::string object;  // "Secret linkerd/linkerd-identity-issuer"
  std::string subject;
  long days_left = 0;
};

struct MeshCertificates {
  std::vector<HeldCertificate> held;
  CheckReport report;  // certificate-anchor and certificate-issuer
};

// Of the control plane in `ns`. Objects that do not exist are left out; the error of a user who may
// not read Secrets is one for the caller to show.
base::Result<MeshCertificates> read_mesh_certificates(kube::Cluster& cluster,
                                                      const std::string& mesh,
                                                      const std::string& ns, base::WallTime now);

}  // namespace weft::mesh
