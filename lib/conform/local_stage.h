// A network on this machine with the applications of one fixture, each beside a proxy: the stage of
// LocalDriver.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <thread>

#include "lib/base/stop.h"
#include "lib/conform/driver.h"
#include "lib/conform/identity.h"
#include "lib/conform/reference_mesh.h"
#include "lib/conform/reference_metrics.h"
#include "lib/conform/run_journal.h"
#include "lib/proc/runner.h"

namespace weft::conform {

struct LocalOptions {
  std::string weft;                // the program
  std::string folder;              // for configurations, sockets and logs; exists
  RunJournal* journal = nullptr;   // in which network namespaces are noted before they are made
  std::string name;                // of the namespaces: "weft-1-1-app-a"; up to 20 letters
  std::string envoy{};             // the program: proxies are Envoys, not nginx; knows no mutants
  unsigned subnet = 77;            // 10.77.0.0/24 for applications, 10.77.1.0/24 for services
  std::set<std::string> broken{};  // mutants of the reference mesh
  Served served{};                 // the newest versions when empty
  base::Nanoseconds timeout = std::chrono::seconds(60);  // of one step
};

// The applications of one fixture, with a network of their own.
class LocalStage final : public Stage {
 public:
  LocalStage(const LocalOptions& options, std::string name, proc::Runner& runner);
  ~LocalStage() override { stop(); }

  base::Result<void> start(const SuiteSpec& suite);
  // What is left over, in words.
  std::vector<std::string> stop();

  std::string ns() const override { return "local"; }
  base::Result<void> apply(const kube::Objects& objects) override;
  base::Result<void> remove(const std::vector<kube::Ref>& refs) override;
  base::Result<std::optional<kube::Object>> get(const kube::Ref& ref) override;
  // One pod, or none.
  base::Result<void> scale(const std::string& app, std::uint64_t replicas) override;
  base::Result<void> restart(const std::string& app) override;
  base::Result<std::string> probe(const std::string& app, const ProbePlan& plan) override;
  base::Result<std::vector<Arrival>> arrivals(const std::string& nonce) override;
  // Of the metrics API only.
  base::Result<std::string> raw(const std::string& path) override;
  bool has_authority() const override { return true; }
  base::Result<pki::Issued> certificate(const Workload& workload, CertificateKind kind) override;
  base::Result<void> reissue(const std::string& app, const Workload& as,
                             CertificateKind kind) override;
  std::string evidence() override;

 private:
  std::string space(const std::string& app) const { return name_ + "-" + app; }
  std::string file(const std::string& app, std::string_view ending) const {
    return folder_ + "/" + app + std::string(ending);
  }
  base::Result<std::string> call(std::vector<std::string> argv, std::string input = {});
  base::Result<void> note(const std::string& network_namespace);
  base::Result<void> make_network();
  base::Result<void> make_certificates();
  base::Result<void> write_certificate(const std::string& app, const pki::Issued& issued);
  // Runs in the application's network namespace until `stop`.
  std::thread keep_running(const std::string& app, std::vector<std::string> argv,
                           std::map<std::string, std::string> env, const base::StopFlag& stop);
  void start_server(const AppSpec& app);
  void restart_midway(const ProbePlan& plan, const base::StopFlag& answered);
  void stop_server(const std::string& app);
  base::Result<void> wait_until_up(const std::string& app);
  // Writes what changed, and has the proxies read it: those that can make a difference to what
  // `client` sends, so for requests that arrive all, for requests that are sent its own.
  base::Result<void> configure(const std::string& client);
  base::Result<void> configure_envoy(const std::string& app);
  std::vector<std::string> proxy_command(const std::string& app) const;
  // Process ids of the workers of its nginx that take connections, as text.
  std::vector<std::string> workers_of(const std::string& app) const;
  void wait_for_change(const std::string& app, const std::vector<std::string>& before);
  base::Result<void> write_config(const std::string& app, const std::string& text, bool reload);

  const LocalOptions& options_;
  std::string name_;
  std::string folder_;
  proc::Runner& runner_;
  std::vector<AppSpec> apps_;
  std::vector<std::string> spaces_;                  // network namespaces that were made
  std::map<std::string, pki::Issued> certificates_;  // by application
  std::optional<Authority> authority_;               // of the mesh
  std::mutex mutex_;                                 // guards what follows
  ReferenceMesh mesh_;
  struct Config {
    std::string all, inbound;
  };
  std::map<std::string, Config> configs_;     // as the proxies have them
  std::map<std::string, std::string> hosts_;  // by application
  base::StopFlag stop_;
  struct Server {
    std::unique_ptr<base::StopFlag> stop;
    std::thread thread;
  };
  std::map<std::string, Server> servers_;  // of the applications that have a pod
  std::vector<std::thread> proxies_;
  std::vector<std::thread> late_;  // of a mesh that is slow to change
  std::mutex late_mutex_;
  std::map<std::string, std::size_t> written_;  // by a late thread: which change
};

// What the metrics API of the mesh answers, as JSON.
base::Result<std::string> metrics_text(const ReferenceMesh& mesh, const std::string& path,
                                       const std::vector<ServedRequest>& requests);

}  // namespace weft::conform
