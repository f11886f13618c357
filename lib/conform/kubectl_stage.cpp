#include "lib/conform/kubectl_stage.h"

#include <algorithm>

#include "lib/base/format.h"
#include "lib/base/parallel.h"
#include "lib/base/text.h"
#include "lib/doc/write.h"
#include "lib/kube/errors.h"
#include "lib/kube/wait.h"

namespace weft::conform {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;
using doc::Value;

constexpr auto kExecOverhead = std::chrono::seconds(30);
constexpr auto kGone = std::chrono::seconds(30);
constexpr std::string_view kSocket = "/tmp/weft-journal.sock";

// True when the API server judged the object, and did not fail for a reason of its own.
bool is_verdict(kube::Failure failure) {
  using kube::Failure;
  return failure == Failure::invalid || failure == Failure::refused || failure == Failure::policy ||
         failure == Failure::no_such_kind || failure == Failure::immutable;
}

// Has the application write its journal to its log.
void log_journal(kube::Object& deployment) {
  Value* spec = deployment.find("spec")->find("template")->find("spec");
  for (Value& container : spec->find("containers")->items())
    container.find("args")->push("--journal-log");
}

}  // namespace

Result<void> KubectlStage::start(const SuiteSpec& suite, kube::Object lease) {
  const KubectlOptions& options = driver_.options_;
  WEFT_TRY(objects, fixture_objects(suite, ns_, options.image));
  join_mesh(objects, suite, options.mesh);
  fixture_ = suite.fixture;
  std::vector<kube::Ref> workloads;
  for (kube::Object& object : objects) {
    const kube::Ref ref = kube::ref_of(object);
    if (ref.kind != "Deployment") continue;
    workloads.push_back(ref);
    apps_[ref.name] = ref.ns;
    if (options.by_pods) log_journal(object);
    add_metadata(*object.find("spec")->find("template"), {{std::string(kRunLabel), options.run}},
                 {});
  }
  objects.insert(behind_namespaces(objects), std::move(lease));
  if (!options.pull_secret.empty()) WEFT_CHECK(add_pull_secret(objects));
  WEFT_CHECK(driver_.apply(objects));
  return wait_until_ready(workloads);
}

Result<void> KubectlStage::add_pull_secret(kube::Objects& objects) {
  kube::Objects out, secrets;
  for (kube::Object& object : objects) {
    const kube::Ref ref = kube::ref_of(object);
    if (ref.kind == "Namespace") {
      WEFT_TRY(secret, driver_.pull_secret(ref.name));
      secrets.push_back(std::move(secret));
    } else {
      std::ranges::move(secrets, std::back_inserter(out));
      secrets.clear();
    }
    if (ref.kind == "Deployment")
      object.find("spec")
          ->find("template")
          ->find("spec")
          ->set("imagePullSecrets", Value::list().push(Value::map().set("name", kPullSecret)));
    out.push_back(std::move(object));
  }
  objects = std::move(out);
  return {};
}

base::Nanoseconds KubectlStage::overhead() const {
  return kExecOverhead * driver_.options_.timeout_scale;
}

Result<void> KubectlStage::wait_until_ready(const std::vector<kube::Ref>& workloads) {
  std::vector<kube::Target> targets;
  targets.reserve(workloads.size());
  for (const kube::Ref& ref : workloads) targets.push_back({.ref = ref});
  kube::WaitOptions how{
      .clock = driver_.clock_,
      .deadline = driver_.clock_.monotonic() +
                  driver_.options_.ready_timeout * driver_.options_.timeout_scale};
  how.stop = &driver_.stop_;
  WEFT_TRY(report, kube::wait(driver_.cluster_, targets, how));
  if (auto error = report.error()) return *std::move(error);
  return find_pods();
}

Result<void> KubectlStage::apply(const kube::Objects& objects) {
  const auto applied = driver_.apply(objects);
  if (applied.ok()) return {};
  Error error = applied.error();
  if (is_verdict(kube::failure_of(error))) error.code = ExitCode::no;
  return error;
}

Result<void> KubectlStage::remove(const std::vector<kube::Ref>& refs) {
  return driver_.cluster_.remove(refs,
                                 {.wait = true, .timeout = kGone * driver_.options_.timeout_scale});
}

// Those that live, by application.
Result<void> KubectlStage::find_pods() {
  WEFT_TRY(objects, driver_.cluster_.list(
                        {.resource = "pods",
                         .selector = fmt::format("{}={}", kRunLabel, driver_.options_.run)}));
  std::map<std::string, std::vector<std::string>> found;
  for (const kube::Object& pod : objects) {
    const std::string app(kube::label_of(pod, "app"));
    if (kube::namespace_of(pod) == space_of(app) && apps_.contains(app) &&
        kube::at(pod, {"metadata", "deletionTimestamp"}) == nullptr)
      found[app].emplace_back(kube::name_of(pod));
  }
  const std::lock_guard lock(mutex_);
  pods_ = std::move(found);
  return {};
}

std::vector<std::string> KubectlStage::pods_of(const std::string& app) {
  const std::lock_guard lock(mutex_);
  return pods_[app];
}

std::string KubectlStage::space_of(const std::string& app) const {
  const auto found = apps_.find(app);
  return found == apps_.end() ? ns_ : found->second;
}

kube::Ref KubectlStage::deployment(const std::string& app) const {
  return kube::make_ref("apps/v1", "Deployment", space_of(app), app);
}

Result<std::optional<kube::Object>> KubectlStage::get(const kube::Ref& ref) {
  return driver_.cluster_.get(ref);
}

Result<void> KubectlStage::scale(const std::string& app, std::uint64_t replicas) {
  const auto spec = Value::map().set("replicas", replicas);
  WEFT_CHECK(driver_.cluster_.patch(deployment(app), kube::PatchType::merge,
                                    Value::map().set("spec", spec)));
  return wait_until_ready({deployment(app)});
}

Result<void> KubectlStage::restart(const std::string& app) {
  WEFT_CHECK(driver_.cluster_.restart(deployment(app), driver_.clock_.wall()));
  return wait_until_ready({deployment(app)});
}

std::vector<std::string> KubectlStage::command_in(const std::string& app, const std::string& pod,
                                                  const std::vector<std::string>& argv) const {
  std::vector<std::string> out = driver_.options_.kubectl;
  for (const std::string& word :
       {std::string("exec"), std::string("-i"), "--namespace=" + space_of(app), "pod/" + pod,
        fmt::format("--container={}", kContainer), std::string("--"), std::string("/weft")})
    out.push_back(word);
  out.insert(out.end(), argv.begin(), argv.end());
  return out;
}

Result<std::string> KubectlStage::exec(const std::string& app, const std::string& pod,
                                       const Job& job) {
  proc::Command command{.argv = command_in(app, pod, job.argv), .input = job.input};
  command.deadline = job.timeout;
  command.stop = &driver_.stop_;
  WEFT_TRY(done, driver_.runner_.run(command));
  if (done.exit_code == 0) return std::move(done.out);
  return Error{ExitCode::cluster, fmt::format("{} in {} failed", job.argv.front(), pod),
               "kubectl --namespace=" + space_of(app) + " describe pods"}
      .because(std::string(base::trim(done.err)));
}

// The one that runs, or a new one; none where it could not begin before.
std::shared_ptr<PodSession> KubectlStage::session_of(const std::string& app,
                                                     const std::string& pod) {
  const std::lock_guard lock(mutex_);
  if (without_session_.contains(pod)) return nullptr;
  auto& session = sessions_[pod];
  if (session == nullptr || session->ended())
    session = std::make_shared<PodSession>(
        driver_.runner_, command_in(app, pod, {"probe", "--serve"}), driver_.stop_);
  return session;
}

// A session that ends without having begun has done nothing: the pod has another image, or is gone.
Result<std::string> KubectlStage::run(const std::string& app, const std::string& pod,
                                      const Job& job) {
  if (const auto session = session_of(app, pod)) {
    auto lines = session->ask(job.request, job.timeout);
    if (lines.ok() || session->began() || !session->ended()) return lines;
    const std::lock_guard lock(mutex_);
    without_session_.insert(pod);
  }
  return exec(app, pod, job);
}

void KubectlStage::close() {
  std::map<std::string, std::shared_ptr<PodSession>> sessions;
  {
    const std::lock_guard lock(mutex_);
    sessions = std::move(sessions_);
    sessions_.clear();
  }
  for (const auto& [pod, session] : sessions) session->close();
}

Result<std::string> KubectlStage::probe(const std::string& app, const ProbePlan& plan) {
  if (driver_.options_.by_pods) return probe_by_pod(app, plan);
  const std::string text = doc::write_json(plan_to_json(plan), 0);
  const Job job{"plan " + text, {"probe", "--plan", "-"}, text, longest(plan) + overhead()};
  const auto ask = [&]() -> Result<std::string> {
    const auto pods = pods_of(app);
    if (pods.empty()) return Error{ExitCode::cluster, fmt::format("{} has no pod", app)};
    return run(app, pods.front(), job);
  };
  auto lines = ask();
  // A pod may have been replaced meanwhile.
  if (lines.ok() || kube::classify(lines.error().cause) != kube::Failure::not_found) return lines;
  WEFT_CHECK(find_pods());
  return ask();
}

Result<std::vector<Arrival>> KubectlStage::arrivals(const std::string& nonce) {
  if (driver_.options_.by_pods) return arrivals_in_logs(nonce);
  std::vector<std::pair<std::string, std::string>> pods;
  for (const auto& [app, space] : apps_)
    for (const std::string& pod : pods_of(app)) pods.emplace_back(app, pod);
  const std::string socket(kSocket);
  const Job job{fmt::format("journal {} {}", socket, nonce),
                {"journal", "--socket", socket, "--nonce", nonce},
                "",
                overhead()};
  std::vector<std::optional<Result<std::string>>> texts(pods.size());
  base::in_parallel(static_cast<unsigned>(pods.size()), pods.size(),
                    [&](std::size_t i) { texts[i] = run(pods[i].first, pods[i].second, job); });
  std::vector<Arrival> out;
  for (auto& text : texts) {
    WEFT_TRY(lines, *std::move(text));
    WEFT_TRY(arrived, read_arrivals(lines));
    std::ranges::move(arrived, std::back_inserter(out));
  }
  return out;
}

std::string KubectlStage::ask(std::vector<std::string> words) {
  proc::Command command{.argv = driver_.options_.kubectl};
  command.argv.insert(command.argv.end(), words.begin(), words.end());
  command.argv.push_back("--namespace=" + ns_);
  command.deadline = kExecOverhead;
  command.output_limit = 4u << 20;
  const auto done = driver_.runner_.run(command);
  const std::string text = done.ok() ? done->out + done->err : done.error().message;
  return fmt::format("$ kubectl {}\n{}\n", base::join(words, " "), text);
}

std::string KubectlStage::evidence() {
  return ask({"get", "pods,services,events", "--output=wide"}) +
         ask({"logs", fmt::format("--selector={}={}", kRunLabel, driver_.options_.run),
              "--all-containers", "--prefix", "--tail=100"});
}

}  // namespace weft::conform
