// What the contract tests share: the real tools and cluster named by the environment.
//
//   WEFT_TEST_KUBECONFIG=... WEFT_TEST_KUBECTL=... WEFT_TEST_HELM=... kube_contract_test
//
// A test takes a Bench; without the environment it says so and passes.
#pragma once

#include <catch2/catch.hpp>
#include <string>

#include "lib/kube/helm.h"
#include "lib/kube/kubectl.h"
#include "lib/kube/wait.h"
#include "lib/proc/system_runner.h"
#include "lib/testkit/temp_dir.h"

namespace weft::kube::contract {

class Bench {
 public:
  Bench();
  ~Bench();  // deletes the namespace, without waiting for it

  Kubectl& cluster() { return *cluster_; }
  Helm& helm() { return *helm_; }
  proc::Runner& runner() { return runner_; }
  const Program& helm_program() const { return program_; }
  KubectlOptions options() const { return options_; }

  const std::string ns;                                  // exists, empty, of this test alone
  base::Result<Objects> apply(const std::string& yaml);  // with the namespace filled in
  Upgrade demo(const std::string& values_json, DryRun dry_run = DryRun::none) const;
  WaitOptions within(base::Nanoseconds time) const;
  Ref deployment(const std::string& name) const {
    return make_ref("apps/v1", "Deployment", ns, name);
  }

 private:
  proc::SystemRunner runner_;
  KubectlOptions options_;
  Program program_;
  std::optional<Kubectl> cluster_;
  std::optional<HelmCli> helm_;
  testkit::TempDir home_;
};

// What a Result holds, which may be ignored; must() fails the test when there is nothing.
template <typename T>
struct Held {
  T value;
  T& operator*() { return value; }
  const T& operator*() const { return value; }
  T* operator->() { return &value; }
  const T* operator->() const { return &value; }
};
template <typename T>
Held<T> must(base::Result<T> result) {
  if (!result.ok()) FAIL(result.error().message << ": " << result.error().cause);
  return {std::move(*result)};
}
inline void must(const base::Result<void>& result) {
  if (!result.ok()) FAIL(result.error().message << ": " << result.error().cause);
}

bool available();
std::string chart(const std::string& name);  // of testdata/kube/charts

}  // namespace weft::kube::contract

#define NEEDS_CLUSTER()                                                                        \
  if (!weft::kube::contract::available()) {                                                    \
    WARN("skipped: set WEFT_TEST_KUBECONFIG, WEFT_TEST_KUBECTL and WEFT_TEST_HELM to run it"); \
    return;                                                                                    \
  }                                                                                            \
  static_assert(true)
