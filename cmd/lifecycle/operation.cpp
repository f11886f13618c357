#include "cmd/lifecycle/operation.h"

#include <signal.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "lib/base/file.h"
#include "lib/base/format.h"
#include "lib/base/id.h"
#include "lib/base/number.h"
#include "lib/base/text.h"
#include "lib/base/version.h"
#include "lib/mesh/selection.h"

namespace weft::cmd {
namespace {

using base::Result;

std::string host() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "unknown";
}

// When the kernel started a process, in clock ticks since boot: tells it from a later one with the
// same number. Field 22 of proc(5) stat; the second, in parentheses, may hold anything.
std::string start_of(long pid) {
  const auto text = base::read_file(fmt::format("/proc/{}/stat", pid));
  if (!text.ok()) return {};
  const auto close = text->rfind(')');
  if (close == std::string::npos) return {};
  const auto fields = base::split(std::string_view(*text).substr(close + 1), ' ');
  constexpr std::size_t kStart = 20;  // counted from the state, behind the parenthesis and a space
  return fields.size() > kStart ? std::string(fields[kStart]) : std::string();
}

std::string holder_name() {
  const long pid = ::getpid();
  return fmt::format("{}/{}/{}", host(), pid, start_of(pid));
}

// Only a process of this machine can be known to be gone.
bool is_dead(const std::string& holder) {
  const auto parts = base::split(holder, '/');
  if (parts.size() != 3 || parts[0] != host()) return false;
  const auto pid = base::parse_int(parts[1]);
  if (!pid) return false;
  if (::kill(static_cast<pid_t>(*pid), 0) != 0 && errno == ESRCH) return true;
  return start_of(*pid) != parts[2];
}

}  // namespace

Result<std::unique_ptr<Operation>> open_operation(Context& context, const ClusterFlags& cluster,
                                                  const std::string& mesh,
                                                  const std::string& events) {
  WEFT_TRY(catalog, mesh::Catalog::open(context.env.config_dir() + "/meshes"));
  WEFT_TRY(found, catalog.find(mesh));
  // Where others must do the work, that is said before anything is asked of this machine.
  if (found->driver == mesh::Driver::external || found->driver == mesh::Driver::none)
    return mesh::select(*found, {}, {}).error();
  WEFT_TRY(log, EventLog::open(context, events));
  WEFT_TRY(session, open_session(context, cluster, Tools::kubectl_and_helm));
  auto closing = std::make_unique<kube::Kubectl>(
      context.runner, kube::KubectlOptions{.program = session.kubectl_program().path,
                                           .context = session.context_name(),
                                           .kubeconfig = cluster.kubeconfig});
  auto& kubectl = session.cluster();
  auto& helm = session.helm();
  const auto deadline = session.deadline();
  std::unique_ptr<Operation> out(
      new Operation{std::move(session),
                    std::move(closing),
                    std::move(catalog),
                    found,
                    Progress(context),
                    std::move(log),
                    lifecycle::Work{kubectl, helm, context.clock, deadline},
                    {}});
  out->work.stop = &context.stop;
  out->work.side_by_side = true;
  out->work.kustomize = [kubectl = &out->session.kubectl()](const std::string& folder) {
    return kubectl->kustomize(folder);
  };
  out->work.closing = out->closing.get();
  out->work.tell = [&context, op = out.get()](const lifecycle::Event& event) {
    op->events.write(context, op->actor.op, event);
    if (!op->events.on_standard_error()) op->progress.tell(event);
  };
  out->actor = make_actor(context);
  return out;
}

lifecycle::Actor make_actor(const Context& context) {
  lifecycle::Actor out;
  out.op = base::new_id(context.clock.wall());
  out.holder = holder_name();
  out.weft_version = base::build_info().version;
  out.state_folder = context.env.state_dir();
  out.is_dead = is_dead;
  return out;
}

cli::Flag events_flag(std::string& target) {
  return cli::flag("--events", target, "tell progress as a JSON object a line; - is standard error")
      .takes("FILE");
}

}  // namespace weft::cmd
