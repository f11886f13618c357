// What every lifecycle operation works with, and what it tells while it works. The library neither
// prints nor reads a clock by itself: the caller gives both.
//
//   Work work{cluster, helm, clock, deadline};
//   work.tell = [&](const Event& event) { progress.update(event); };
#pragma once

#include <functional>
#include <future>
#include <string>

#include "lib/base/clock.h"
#include "lib/base/stop.h"
#include "lib/kube/cluster.h"
#include "lib/kube/helm.h"
#include "lib/kube/wait.h"

namespace weft::lifecycle {

enum class Happening { started, waiting, done, unchanged, failed, note };

struct Event {
  Happening what = Happening::note;
  std::size_t step = 0;   // from 1; 0 when it belongs to no step
  std::size_t steps = 0;  // of the whole operation
  std::string release{};
  std::string
      text{};  // "CustomResourceDefinitions", "Deployment istio-system/istiod 0/1 available"
};

struct Work {
  kube::Cluster& cluster;
  kube::Helm& helm;
  const base::Clock& clock;
  base::MonoTime deadline{};  // of the whole command
  const base::StopFlag* stop = nullptr;
  // The objects of a kustomize folder.
  std::function<base::Result<kube::Objects>(const std::string& folder)> kustomize{};
  // Also answers after a stop was requested: for the last words of an operation. Null: `cluster`.
  kube::Cluster* closing = nullptr;
  // What does not depend on each other is asked side by side, from several threads.
  bool side_by_side = false;
  std::function<void(base::Nanoseconds)> sleep{};  // tests replace it
  std::function<void(const Event&)> tell = [](const Event&) {};

  base::Nanoseconds left() const;
  // An error of code timeout or interrupted when there is no point in going on; `what` begins it:
  // "installing istiod".
  base::Result<void> check(const std::string& what) const;
  kube::Cluster& last_words() const { return closing != nullptr ? *closing : cluster; }
  std::launch launch() const { return side_by_side ? std::launch::async : std::launch::deferred; }
  kube::WaitOptions waiting(
      std::function<void(const std::vector<kube::TargetState>&)> progress) const;
};

}  // namespace weft::lifecycle
