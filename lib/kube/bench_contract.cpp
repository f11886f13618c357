#include "lib/kube/bench_contract.h"

#include <unistd.h>

#include <csignal>

#include "lib/base/format.h"
#include "lib/doc/read.h"
#include "lib/testkit/paths.h"

namespace weft::kube::contract {
namespace {

const base::Environment& environment() {
  static const base::Environment env = base::Environment::of_process();
  return env;
}

std::string new_namespace() {
  static int count = 0;
  return fmt::format("contract-{}-{}", ::getpid(), ++count);
}

}  // namespace

bool available() {
  for (const char* name : {"WEFT_TEST_KUBECONFIG", "WEFT_TEST_KUBECTL", "WEFT_TEST_HELM"})
    if (!environment().get(name)) return false;
  return true;
}

std::string chart(const std::string& name) { return testkit::testdata("kube/charts/" + name); }

Bench::Bench() : ns(new_namespace()), runner_(environment()) {
  std::signal(SIGPIPE, SIG_IGN);
  options_ = {.program = environment().get_or("WEFT_TEST_KUBECTL", ""),
              .kubeconfig = environment().get_or("WEFT_TEST_KUBECONFIG", "")};
  cluster_.emplace(runner_, options_);
  program_ = *must(find_helm(runner_, environment().get_or("WEFT_TEST_HELM", ""), nullptr));
  helm_.emplace(
      runner_,
      HelmOptions{.program = program_, .kubeconfig = options_.kubeconfig, .home = home_.path()});
  must(cluster_->apply({stub_of(make_ref("v1", "Namespace", "", ns))}, {}));
}

Bench::~Bench() {
  const auto gone = cluster_->remove({make_ref("v1", "Namespace", "", ns)}, {});
  if (!gone.ok()) WARN(gone.error().message << ": " << gone.error().cause);
}

base::Result<Objects> Bench::apply(const std::string& yaml) {
  WEFT_TRY(objects, read_objects(doc::Source("test", yaml)));
  fill_namespace(objects, ns);
  return cluster_->apply(objects, {.manager = "somebody"});
}

Upgrade Bench::demo(const std::string& values_json, DryRun dry_run) const {
  return {.release = "demo",
          .ns = ns,
          .chart = {.source = chart("demo")},
          .values = must(doc::read_json(doc::Source("values", values_json)))->root,
          .dry_run = dry_run,
          .timeout = std::chrono::seconds(60)};
}

WaitOptions Bench::within(base::Nanoseconds time) const {
  const base::Clock& clock = base::system_clock();
  return {.clock = clock, .deadline = clock.monotonic() + time};
}

}  // namespace weft::kube::contract
