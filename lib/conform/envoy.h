// The reference mesh with Envoy for its proxies: the same objects as resources of Envoy's API (xDS,
// version 3), which it reads from files and again whenever they change. A second data plane, so
// that suites are not fitted to one: what they ask of a mesh, Envoy's own TLS, RBAC and weighted
// clusters answer. It knows no mutants.
//
//   const EnvoyConfig config = envoy_config(mesh, "app-a", files, certificates);
//   write(files.listeners, config.listeners);
#pragma once

#include <map>
#include <string>

#include "lib/conform/reference_mesh.h"
#include "lib/pki/issue.h"

namespace weft::conform {

struct EnvoyFiles {
  std::string clusters, listeners;  // paths, in one folder
};

struct EnvoyConfig {
  std::string bootstrap, clusters, listeners;  // JSON
};

struct EnvoyCertificates {
  std::string root;                        // of the mesh, PEM
  std::map<std::string, pki::Issued> own;  // by pod
};

// Pods of the mesh speak mTLS with each other whatever the suite says, and take plain text unless
// it is strict: policies hold for the identity of a certificate.
EnvoyConfig envoy_config(const ReferenceMesh& mesh, const std::string& pod, const EnvoyFiles& files,
                         const EnvoyCertificates& certificates);

}  // namespace weft::conform
