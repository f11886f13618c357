// Admission webhooks that nobody answers: the classic "no pod can be created any more", left by a
// mesh that is gone or whose control plane is down. Looked at for every webhook of the cluster,
// whatever it belongs to.
//
//   check_webhooks(snapshot, {.now = now, .own = mesh.webhooks}, report);
#pragma once

#include <string>
#include <vector>

#include "lib/base/clock.h"
#include "lib/mesh/check.h"
#include "lib/mesh/mesh.h"
#include "lib/mesh/snapshot.h"

namespace weft::mesh {

struct WebhookQuestion {
  base::WallTime now{};
  // Patterns of configurations that a command is about to install or mend: never worse than warn.
  std::vector<std::string> own{};
  // Only what blocks requests in these namespaces, or outside of namespaces, is a failure; empty:
  // in any namespace.
  std::vector<std::string> namespaces{};
};

// webhook-endpoints and certificate-webhook. Needs the parts webhooks, endpoints and namespaces.
void check_webhooks(const Snapshot& snapshot, const WebhookQuestion& question, CheckReport& report);

// What a mutating or validating configuration intercepts, in short: "create pods".
std::string intercepted(const doc::Value& webhook);

}  // namespace weft::mesh
