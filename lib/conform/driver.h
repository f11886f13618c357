// Where suites run: applications behind a mesh, an API to configure it, and a way to send requests
// from one application and to read what reached another without asking the mesh. Two
// implementations: network namespaces on this machine (local_driver.h), pods of a cluster
// (kubectl_driver.h).
//
//   WEFT_TRY(stage, driver.stage(suite));            // the applications of the suite stand
//   WEFT_CHECK(stage->apply({split}));
//   WEFT_TRY(lines, stage->probe("app-a", plan));
//   const auto left_over = driver.stop({});
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "lib/conform/lint.h"
#include "lib/conform/probe.h"
#include "lib/pki/issue.h"

namespace weft::conform {

// One request that reached an application.
struct Arrival {
  std::uint64_t seq = 0;
  std::string nonce;
  std::string target;
};

// The applications of a fixture in a namespace of their own. Calls come from several threads.
class Stage {
 public:
  virtual ~Stage() = default;

  virtual std::string ns() const = 0;
  // In this order, with as few calls as the API allows. An error with code `no`: the API refused
  // one, which says something about the mesh.
  virtual base::Result<void> apply(const kube::Objects& objects) = 0;
  // Returns when they are gone.
  virtual base::Result<void> remove(const std::vector<kube::Ref>& refs) = 0;
  // As the API has it now; absent when there is none.
  virtual base::Result<std::optional<kube::Object>> get(const kube::Ref& ref) = 0;
  // So many pods of the application; they are ready when it returns.
  virtual base::Result<void> scale(const std::string& app, std::uint64_t replicas) = 0;
  // New pods in place of the old ones; they are ready when it returns.
  virtual base::Result<void> restart(const std::string& app) = 0;
  // The lines of `weft probe` with this plan, from that application.
  virtual base::Result<std::string> probe(const std::string& app, const ProbePlan& plan) = 0;
  // What reached any application with a nonce that begins like this.
  virtual base::Result<std::vector<Arrival>> arrivals(const std::string& nonce) = 0;
  // The answer of the API server to a GET.
  virtual base::Result<std::string> raw(const std::string& path) = 0;
  // Whether it holds the key of the mesh's certificate authority, which the next two need.
  virtual bool has_authority() const { return false; }
  virtual base::Result<pki::Issued> certificate(const Workload&, CertificateKind) {
    return base::Error{base::ExitCode::bug, "there is no authority"};
  }
  // The proxy of `app` shows such a certificate from now on.
  virtual base::Result<void> reissue(const std::string& /*app*/, const Workload&, CertificateKind) {
    return base::Error{base::ExitCode::bug, "there is no authority"};
  }
  // What helps to find out why a test failed: logs, events. Never an error; empty: nothing.
  virtual std::string evidence() = 0;
};

class Driver {
 public:
  virtual ~Driver() = default;

  // Kinds and versions that are served: "split.smi-spec.io/TrafficSplit" -> v1alpha4, ...
  virtual base::Result<Served> served() = 0;
  // Asked before anything is made: may the suites be run here, and does nothing stand in the way?
  virtual base::Result<void> check(const std::vector<SuiteSpec>& suites) = 0;
  // Makes the applications of the suite and waits until they answer; the stage belongs to the
  // driver. Called from several threads.
  virtual base::Result<Stage*> stage(const SuiteSpec& suite) = 0;
  // Fills in what the driver knows of the place: cluster, images, what is served. After stage().
  virtual void describe(Run& run) = 0;
  // The answer of the API server to a GET.
  virtual base::Result<std::string> raw(const std::string& path) = 0;
  // Removes everything that was made, but for the stages in these namespaces. What is left over
  // against our will, in words.
  virtual std::vector<std::string> stop(const std::set<std::string>& kept) = 0;
};

// Lines of a journal.
base::Result<std::vector<Arrival>> read_arrivals(const std::string& lines);

}  // namespace weft::conform
