// What every lifecycle command opens first: the catalogue and the mesh, the session with the
// cluster, progress, and who we are.
#pragma once

#include <memory>
#include <string>

#include "cmd/cluster_context.h"
#include "cmd/lifecycle/event_log.h"
#include "cmd/lifecycle/progress.h"
#include "lib/lifecycle/execute.h"
#include "lib/mesh/catalog.h"

namespace weft::cmd {

// Lives at one place: `work` refers to the other members.
struct Operation {
  Session session;
  std::unique_ptr<kube::Kubectl> closing;  // without the stop flag: for the last words
  mesh::Catalog catalog;
  const mesh::Mesh* mesh;
  Progress progress;
  EventLog events;
  lifecycle::Work work;
  lifecycle::Actor actor;
};

// `events` is what EventLog::open takes.
base::Result<std::unique_ptr<Operation>> open_operation(Context& context,
                                                        const ClusterFlags& cluster,
                                                        const std::string& mesh,
                                                        const std::string& events);

// Who we are: a new operation's id, this process as the holder of locks.
lifecycle::Actor make_actor(const Context& context);

cli::Flag events_flag(std::string& target);

}  // namespace weft::cmd
