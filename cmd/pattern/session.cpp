#include "cmd/pattern/session.h"

#include <algorithm>

#include "cmd/lifecycle/operation.h"
#include "lib/base/version.h"

namespace weft::cmd {
namespace {

using base::Result;

// Of a pattern without meshes.
class NoMeshes : public pattern::Meshes {
 public:
  Result<pattern::MeshPlan> plan(const pattern::MeshOrder&) override { return pattern::MeshPlan{}; }
  Result<void> install(const pattern::MeshOrder&) override { return {}; }
  Result<void> remove(const std::string&) override { return {}; }
};

// Starting helm and kubectl keeps a processor busy; waiting for pods does not.
constexpr unsigned kAbreast = 4;

bool has_mesh(const PatternInput& input) {
  const auto& services = input.reading.pattern.services;
  return std::any_of(services.begin(), services.end(), [&input](const auto& service) {
    const auto type = input.types.find(service);
    return type.ok() && type->what == pattern::TypeKind::mesh;
  });
}

}  // namespace

std::vector<cli::Flag> with_chart_flags(ChartFlags& charts, std::vector<cli::Flag> flags) {
  const auto add = [&flags](cli::Flag&& flag) { flags.push_back(std::move(flag).in("Charts")); };
  add(cli::flag("--chart-dir", charts.folder, "charts of meshes and add-ons on this machine")
          .takes("DIR"));
  add(cli::flag("--offline-charts", charts.offline, "fetch no charts"));
  return flags;
}

pattern::ApplyOptions PatternSession::apply_options(Context& context) {
  pattern::ApplyOptions out{.wait = kube::WaitOptions{.clock = context.clock,
                                                      .deadline = session_->deadline(),
                                                      .stop = &context.stop}};
  out.weft_version = base::build_info().version;
  out.tell = [this](const pattern::Progress& told) {
    using What = pattern::Progress::What;
    const auto what = told.what == What::settled  ? lifecycle::Happening::done
                      : told.what == What::failed ? lifecycle::Happening::failed
                                                  : lifecycle::Happening::waiting;
    progress_.tell({.what = what,
                    .step = told.level,
                    .steps = told.levels,
                    .release = told.service,
                    .text = told.text});
  };
  return out;
}

Result<std::unique_ptr<PatternSession>> open_pattern_session(Context& context,
                                                             const PatternFlags& input,
                                                             const ClusterFlags& cluster,
                                                             const ChartFlags& charts) {
  std::unique_ptr<PatternSession> out(new PatternSession(context));
  WEFT_TRY(opened, read_pattern(context, input));
  const bool meshes = has_mesh(*opened);
  WEFT_TRY(session,
           open_session(context, cluster, meshes ? Tools::kubectl_and_helm : Tools::kubectl));
  out->session_.emplace(std::move(session));
  WEFT_CHECK(resolve_pattern(*opened, input, &out->session_->cluster()));
  out->input_ = std::move(opened);
  if (meshes) {
    out->closing_ = std::make_unique<kube::Kubectl>(
        context.runner, kube::KubectlOptions{.program = out->session_->kubectl_program().path,
                                             .context = out->session_->context_name(),
                                             .kubeconfig = cluster.kubeconfig});
    out->work_.emplace(lifecycle::Work{out->session_->cluster(), out->session_->helm(),
                                       context.clock, out->session_->deadline()});
    out->work_->stop = &context.stop;
    out->work_->side_by_side = true;
    out->work_->closing = out->closing_.get();
    out->work_->kustomize = [kubectl = &out->session_->kubectl()](const std::string& folder) {
      return kubectl->kustomize(folder);
    };
    out->work_->tell = [raw = out.get()](const lifecycle::Event& event) {
      raw->progress_.tell(event);
    };
    out->meshes_ = std::make_unique<pattern::LifecycleMeshes>(
        *out->work_, out->input_->catalog, make_actor(context),
        mesh::ChartSources{
            .folder = charts.folder, .offline = charts.offline, .cache = context.env.cache_dir()});
  } else {
    out->meshes_ = std::make_unique<NoMeshes>();
  }
  out->secrets_.emplace(&out->session_->cluster(),
                        [&context](const std::string& name) { return context.env.get(name); });
  out->target_.emplace(
      pattern::Target{out->session_->cluster(), *out->meshes_, *out->secrets_,
                      pattern::Inventory{out->input_->reading.pattern.name, input.ns}, kAbreast});
  return out;
}

}  // namespace weft::cmd
