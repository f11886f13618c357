// Where a suite runs: applications behind a mesh, an API to configure it, and a way to send
// requests from one application and to read what reached another without asking the mesh. Two
// implementations: network namespaces on this machine (local_driver.h), pods of a cluster.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lib/conform/lint.h"
#include "lib/conform/probe.h"

namespace weft::conform {

// One request that reached an application.
struct Arrival {
  std::uint64_t seq = 0;
  std::string nonce;
  std::string target;
};

class Driver {
 public:
  virtual ~Driver() = default;

  // Kinds and versions that are served: "split.smi-spec.io/TrafficSplit" -> v1alpha4, ...
  virtual base::Result<Served> served() = 0;
  // The namespace in which the objects of a suite go.
  virtual std::string ns() const = 0;
  // Makes the applications of the suite, and waits until they answer. What an earlier suite left
  // is used again where it is the same.
  virtual base::Result<void> start(const SuiteSpec& suite) = 0;
  // An error with code `no`: the API refused the object, which says something about the mesh.
  virtual base::Result<void> apply(const kube::Object& object) = 0;
  // Returns when it is gone.
  virtual base::Result<void> remove(const kube::Ref& ref) = 0;
  // As the API has it now; absent when there is none.
  virtual base::Result<std::optional<kube::Object>> get(const kube::Ref& ref) = 0;
  // So many pods of the application; they are ready when it returns.
  virtual base::Result<void> scale(const std::string& app, std::uint64_t replicas) = 0;
  // New pods in place of the old ones; they are ready when it returns.
  virtual base::Result<void> restart(const std::string& app) = 0;
  // The lines of `weft probe` with this plan, from that application.
  virtual base::Result<std::string> probe(const std::string& app, const ProbePlan& plan) = 0;
  // What reached the application with a nonce that begins like this.
  virtual base::Result<std::vector<Arrival>> arrivals(const std::string& app,
                                                      const std::string& nonce) = 0;
  // The answer of the API server to a GET.
  virtual base::Result<std::string> raw(const std::string& path) = 0;
  // Removes everything that start() made. What is left over, in words.
  virtual std::vector<std::string> stop() = 0;
};

// Lines of a journal.
base::Result<std::vector<Arrival>> read_arrivals(const std::string& lines);

}  // namespace weft::conform
