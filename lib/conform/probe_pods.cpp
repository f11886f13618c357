// Probes and journals where nobody may exec. A probe is a pod with the service account of the
// application that it stands for, and so with its identity; its plan lies in a ConfigMap.
#include <thread>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/conform/kubectl_stage.h"
#include "lib/conform/protocols.h"
#include "lib/doc/write.h"

namespace weft::conform {
namespace {

using namespace std::chrono_literals;
using base::Error;
using base::ExitCode;
using base::Result;
using doc::Value;

constexpr auto kLook = 200ms;
constexpr auto kStart = 60s;     // of a pod and its proxy
constexpr auto kLogged = 500ms;  // what was written is in the log by then
constexpr const char* kAwait = "15s";

kube::Object plan_map(const std::string& ns, const std::string& name, const ProbePlan& plan) {
  Value out;
  out.set("apiVersion", "v1").set("kind", "ConfigMap");
  out.set("metadata", Value::map().set("name", name).set("namespace", ns));
  out.set("data", Value::map().set("plan.json", doc::write_json(plan_to_json(plan), 0)));
  return out;
}

Value container_of(const std::string& image) {
  Value arguments = Value::list();
  for (const char* word : {"probe", "--plan", "/plan/plan.json", "--await", kAwait})
    arguments.push(word);
  Value mount = Value::map().set("name", "plan").set("mountPath", "/plan");
  Value security = Value::map().set("runAsNonRoot", true).set("runAsUser", std::int64_t{65532});
  security.set("readOnlyRootFilesystem", true).set("allowPrivilegeEscalation", false);
  return Value::map()
      .set("name", kContainer)
      .set("image", image)
      .set("args", std::move(arguments))
      .set("volumeMounts", Value::list().push(std::move(mount)))
      .set("securityContext", std::move(security));
}

kube::Object prober(const std::string& ns, const std::string& name, const AppSpec& app,
                    const KubectlOptions& options) {
  Value plan = Value::map().set("name", "plan").set("configMap", Value::map().set("name", name));
  Value spec;
  spec.set("restartPolicy", "Never").set("terminationGracePeriodSeconds", std::int64_t{1});
  spec.set("serviceAccountName", app.account).set("automountServiceAccountToken", false);
  spec.set("containers", Value::list().push(container_of(options.image)));
  spec.set("volumes", Value::list().push(std::move(plan)));
  if (!options.pull_secret.empty())
    spec.set("imagePullSecrets", Value::list().push(Value::map().set("name", kPullSecret)));
  Value out;
  out.set("apiVersion", "v1").set("kind", "Pod");
  out.set("metadata", Value::map().set("name", name).set("namespace", ns));
  out.set("spec", std::move(spec));
  const MeshRecipe& mesh = options.mesh;
  add_metadata(out, app.outside ? mesh.outside_labels : mesh.pod_labels,
               app.outside ? mesh.outside_annotations : mesh.pod_annotations);
  return out;
}

// The container has ended, whatever others beside it do.
bool has_ended(const kube::Object& pod) {
  for (const Value& one : kube::list_at(pod, {"status", "containerStatuses"}))
    if (kube::text_at(one, {"name"}) == kContainer)
      return kube::at(one, {"state", "terminated"}) != nullptr;
  return false;
}

bool is_ready(const kube::Object& pod) {
  for (const Value& one : kube::list_at(pod, {"status", "containerStatuses"}))
    if (kube::text_at(one, {"name"}) == kContainer) return kube::bool_at(one, {"ready"});
  return false;
}

}  // namespace

Result<std::string> KubectlStage::probe_by_pod(const std::string& app, const ProbePlan& plan) {
  const std::string ns = space_of(app);
  if (const auto target = parse_probe_target(plan.request.url);
      target.ok() && target->url.host == "127.0.0.1")
    return told_by_kubelet(app, plan.nonce);
  const std::string name = fmt::format("weft-probe-{}", ++probes_);
  const kube::Object map = plan_map(ns, name, plan);
  const kube::Object pod = prober(ns, name, *fixture_.find(app), driver_.options_);
  WEFT_CHECK(driver_.apply({map, pod}));
  auto lines =
      output_of(kube::ref_of(pod), longest(plan) + kStart * driver_.options_.timeout_scale);
  WEFT_CHECK(driver_.cluster_.remove({kube::ref_of(pod), kube::ref_of(map)}, {.wait = false}));
  return lines;
}

// Whether the application answers in its own pod, which a pod beside it cannot ask: the kubelet
// does, by its readiness probe.
Result<std::string> KubectlStage::told_by_kubelet(const std::string& app,
                                                  const std::string& nonce) {
  bool ready = false;
  for (const std::string& pod : pods_of(app)) {
    WEFT_TRY(object, driver_.cluster_.get(kube::make_ref("v1", "Pod", space_of(app), pod)));
    ready |= object && is_ready(*object);
  }
  return fmt::format(
      "{{\"n\":0,\"nonce\":\"{}-0\",\"outcome\":\"{}\",\"backend\":\"{}\"}}\n"
      "{{\"end\":true,\"sent\":1,\"settled\":false}}\n",
      nonce, ready ? "http:200" : "refused", app);
}

Result<std::string> KubectlStage::output_of(const kube::Ref& pod, base::Nanoseconds most) {
  const auto deadline = driver_.clock_.monotonic() + most;
  while (driver_.clock_.monotonic() < deadline && !driver_.stop_.requested()) {
    WEFT_TRY(object, driver_.cluster_.get(pod));
    if (!object) return Error{ExitCode::cluster, fmt::format("{} is gone", pod.text())};
    if (has_ended(*object)) return logs(pod.ns, pod.name);
    std::this_thread::sleep_for(kLook);
  }
  return Error{ExitCode::timeout,
               fmt::format("{} did not end within {}", pod.text(), base::format_duration(most)),
               "kubectl --namespace=" + pod.ns + " describe pods"};
}

Result<std::vector<Arrival>> KubectlStage::arrivals_in_logs(const std::string& nonce) {
  std::this_thread::sleep_for(kLogged);
  std::vector<Arrival> out;
  for (const auto& [app, space] : apps_)
    for (const std::string& pod : pods_of(app)) {
      WEFT_TRY(text, logs(space, pod));
      std::string own;
      for (const std::string_view line : base::split(text, '\n'))
        if (line.find(nonce) != std::string_view::npos) own += std::string(line) + "\n";
      WEFT_TRY(arrived, read_arrivals(own));
      for (Arrival& one : arrived)
        if (one.nonce.starts_with(nonce)) out.push_back(std::move(one));
    }
  return out;
}

Result<std::string> KubectlStage::logs(const std::string& ns, const std::string& pod) {
  proc::Command command{.argv = driver_.options_.kubectl};
  for (const std::string& word : {std::string("logs"), "--namespace=" + ns, "pod/" + pod,
                                  fmt::format("--container={}", kContainer)})
    command.argv.push_back(word);
  command.deadline = overhead();
  command.stop = &driver_.stop_;
  WEFT_TRY(done, driver_.runner_.run(command));
  if (done.exit_code == 0) return std::move(done.out);
  return Error{ExitCode::cluster, fmt::format("the log of {} cannot be read", pod)}.because(
      std::string(base::trim(done.err)));
}

}  // namespace weft::conform
