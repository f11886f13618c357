#include "lib/conform/kubectl_driver.h"

#include <algorithm>
#include <condition_variable>
#include <thread>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/conform/kubectl_stage.h"
#include "lib/conform/remains.h"
#include "lib/kube/errors.h"

namespace weft::conform {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;
using doc::Value;

constexpr auto kBeat = kLeaseTime / 3;

// As metav1.MicroTime wants it.
std::string micro_time(base::WallTime time) {
  std::string out = base::format_rfc3339(std::chrono::floor<std::chrono::seconds>(time));
  if (out.ends_with('Z')) out.replace(out.size() - 1, 1, ".000000Z");
  return out;
}

Value lease_spec(base::WallTime now) {
  return Value::map()
      .set("leaseDurationSeconds", static_cast<std::int64_t>(kLeaseTime.count()))
      .set("renewTime", micro_time(now));
}

std::vector<Made> made_of(const kube::Objects& objects) {
  std::vector<Made> out;
  for (const kube::Object& object : objects) {
    const kube::Ref ref = kube::ref_of(object);
    out.push_back({ref.kind, ref.api_version(), ref.ns, ref.name,
                   std::string(kube::text_at(object, {"metadata", "uid"}))});
  }
  return out;
}

// What a run does with each kind of object.
struct Need {
  const char* group;
  const char* resource;
  std::vector<const char*> verbs;
};
std::vector<Need> needs(bool by_pods) {
  static const std::vector<const char*> own{"create", "patch", "get", "list", "watch", "delete"};
  std::vector<Need> all{{"", "namespaces", own},
                        {"", "serviceaccounts", {"create", "patch"}},
                        {"", "services", own},
                        {"apps", "deployments", {"create", "patch", "get", "list"}},
                        {"coordination.k8s.io", "leases", {"create", "patch", "list"}},
                        {"apiextensions.k8s.io", "customresourcedefinitions", {"list"}}};
  if (by_pods)
    all.insert(all.end(), {{"", "pods", own}, {"", "pods/log", {"get"}}, {"", "configmaps", own}});
  else
    all.insert(all.end(), {{"", "pods", {"get", "list"}}, {"", "pods/exec", {"create", "get"}}});
  return all;
}

std::string text_of(const kube::Access& access) {
  return fmt::format("{} {}{}{}", access.verb, access.resource, access.group.empty() ? "" : ".",
                     access.group);
}

}  // namespace

std::vector<kube::Access> needed_access(const std::vector<SuiteSpec>& suites,
                                        const MeshRecipe& mesh, const std::string& pull_secret,
                                        bool by_pods) {
  std::vector<kube::Access> out;
  for (const Need& need : needs(by_pods))
    for (const char* verb : need.verbs) out.push_back({verb, need.group, need.resource, ""});
  if (!pull_secret.empty()) {
    out.push_back({"get", "", "secrets", pull_secret.substr(0, pull_secret.find('/'))});
    for (const char* verb : {"create", "patch"}) out.push_back({verb, "", "secrets", ""});
  }
  std::set<std::pair<std::string, std::string>> seen;
  const auto add = [&](const std::string& group, const std::string& kind) {
    if (const std::string plural = kube::plural_of(group, kind);
        seen.insert({group, plural}).second)
      for (const char* verb : {"create", "patch", "get", "list", "watch", "delete"})
        out.push_back({verb, group, plural, ""});
  };
  for (const SuiteSpec& suite : suites) {
    for (const ResourceSpec& resource : suite.resources) add(resource.group, resource.kind);
    for (const SpaceSwitch* one : mesh.switches_of(suite))
      for (const kube::Object& object : one->objects)
        add(kube::ref_of(object).group, kube::ref_of(object).kind);
  }
  return out;
}

Value role_for(const std::vector<kube::Access>& accesses) {
  std::map<std::pair<std::string, std::string>, Value> verbs;
  for (const kube::Access& access : accesses)
    verbs.try_emplace({access.group, access.resource}, Value::list())
        .first->second.push(access.verb);
  Value rules = Value::list();
  for (auto& [key, list] : verbs)
    rules.push(Value::map()
                   .set("apiGroups", Value::list().push(key.first))
                   .set("resources", Value::list().push(key.second))
                   .set("verbs", std::move(list)));
  Value out;
  out.set("apiVersion", "rbac.authorization.k8s.io/v1").set("kind", "ClusterRole");
  out.set("metadata", Value::map().set("name", "weft-conformance"));
  return std::move(out.set("rules", std::move(rules)));
}

// Renews the leases of all stages until it is destroyed.
class KubectlDriver::Heart {
 public:
  explicit Heart(KubectlDriver& driver) : driver_(driver), thread_([this] { beat(); }) {}
  ~Heart() {
    {
      const std::lock_guard lock(mutex_);
      ended_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }

 private:
  void beat() {
    std::unique_lock lock(mutex_);
    while (!changed_.wait_for(lock, kBeat, [this] { return ended_; })) {
      std::vector<std::string> spaces;
      {
        const std::lock_guard stages(driver_.mutex_);
        for (const auto& stage : driver_.stages_) spaces.push_back(stage->ns());
      }
      const auto patch = Value::map().set("spec", lease_spec(driver_.clock_.wall()));
      // A renewal that fails is made good by the next: a lease lasts for three.
      for (const std::string& ns : spaces)
        static_cast<void>(
            driver_.cluster_.patch(kube::make_ref("coordination.k8s.io/v1", "Lease", ns, kLease),
                                   kube::PatchType::merge, patch));
    }
  }

  KubectlDriver& driver_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool ended_ = false;
  std::thread thread_;
};

KubectlDriver::KubectlDriver(KubectlOptions options, kube::Cluster& cluster, proc::Runner& runner,
                             const base::Clock& clock, const base::StopFlag& stop)
    : options_(std::move(options)),
      cluster_(cluster),
      runner_(runner),
      clock_(clock),
      stop_(stop) {}

KubectlDriver::~KubectlDriver() = default;

Result<Served> KubectlDriver::served() {
  WEFT_TRY(definitions,
           cluster_.list({.resource = "customresourcedefinitions.apiextensions.k8s.io"}));
  Served out;
  for (const kube::Object& crd : definitions) {
    const auto group = kube::text_at(crd, {"spec", "group"});
    const auto kind = kube::text_at(crd, {"spec", "names", "kind"});
    auto& versions = out[fmt::format("{}/{}", group, kind)];
    for (const Value& version : kube::list_at(crd, {"spec", "versions"}))
      if (kube::bool_at(version, {"served"}))
        versions.emplace_back(kube::text_at(version, {"name"}));
  }
  return out;
}

Result<void> KubectlDriver::check(const std::vector<SuiteSpec>& suites) {
  const auto accesses =
      needed_access(suites, options_.mesh, options_.pull_secret, options_.by_pods);
  WEFT_TRY(allowed, cluster_.may(accesses));
  std::vector<std::string> missing;
  for (std::size_t i = 0; i < accesses.size(); ++i)
    if (!allowed[i]) missing.push_back(text_of(accesses[i]));
  if (!missing.empty())
    return Error{
        ExitCode::cluster,
        fmt::format("a run needs more rights than this user has: {}", base::join(missing, ", ")),
        "weft conformance plan SUITE --role prints the ClusterRole that a run needs"};
  if (!options_.pull_secret.empty()) {
    const auto secret = pull_secret("");
    if (!secret.ok()) return secret.error();
  }
  if (options_.parallel_runs) return {};
  WEFT_TRY(remains, find_remains(cluster_));
  for (const Remains& one : remains)
    if (one.run != options_.run && is_alive(one, clock_.wall()))
      return Error{ExitCode::no,
                   fmt::format("run {} goes on in this cluster (namespace {})", one.run, one.ns),
                   "wait for its end, or give --parallel-runs; a killed run is taken for dead "
                   "after a minute"};
  return {};
}

kube::Object KubectlDriver::labelled(kube::Object object) const {
  const auto expires = std::chrono::floor<std::chrono::seconds>(clock_.wall() + options_.lifetime);
  add_metadata(
      object,
      {{std::string(kRunLabel), options_.run},
       {std::string(kExpiresLabel), fmt::format("{}", expires.time_since_epoch().count())}},
      {});
  return object;
}

Result<kube::Object> KubectlDriver::pull_secret(const std::string& ns) const {
  const auto& name = options_.pull_secret;
  const auto slash = name.find('/');
  WEFT_TRY(found, cluster_.get(kube::make_ref("v1", "Secret", name.substr(0, slash),
                                              name.substr(slash + 1))));
  const std::string type(found ? kube::text_at(*found, {"type"}) : "");
  if (!type.starts_with("kubernetes.io/dockerc"))
    return Error{found ? ExitCode::input : ExitCode::usage,
                 fmt::format("secret {} {}", name,
                             found ? fmt::format("has type {} and holds no registry's", type)
                                   : "does not exist"),
                 "kubectl create secret docker-registry makes one; give NAMESPACE/NAME"};
  Value out;
  out.set("apiVersion", "v1").set("kind", "Secret").set("type", type);
  out.set("metadata", Value::map().set("name", kPullSecret).set("namespace", ns));
  out.set("data", *found->find("data"));
  return out;
}

Result<void> KubectlDriver::apply(const kube::Objects& objects) {
  kube::Objects own;
  for (const kube::Object& object : objects) own.push_back(labelled(object));
  if (options_.journal != nullptr) WEFT_CHECK(options_.journal->note(made_of(own)));
  auto applied = cluster_.apply(own, {.force = true});
  if (!applied.ok()) return std::move(applied).error();
  if (options_.journal != nullptr) WEFT_CHECK(options_.journal->note(made_of(*applied)));
  return {};
}

Result<Stage*> KubectlDriver::stage(const SuiteSpec& suite) {
  KubectlStage* stage = nullptr;
  {
    const std::lock_guard lock(mutex_);
    const auto ns = fmt::format("weft-{}-{}", options_.run, stages_.size() + 1);
    stages_.push_back(std::make_unique<KubectlStage>(*this, ns));
    stage = stages_.back().get();
    if (!heart_) heart_ = std::make_unique<Heart>(*this);
  }
  Value lease;
  lease.set("apiVersion", "coordination.k8s.io/v1").set("kind", "Lease");
  lease.set("metadata", Value::map().set("name", kLease).set("namespace", stage->ns()));
  lease.set("spec", lease_spec(clock_.wall()));
  WEFT_CHECK(stage->start(suite, std::move(lease)));
  return static_cast<Stage*>(stage);
}

void KubectlDriver::describe(Run& run) {
  if (const auto server = cluster_.server(); server.ok())
    run.cluster.version = server->version.text;
  const auto facts = cluster_.list({.resource = "nodes"});
  if (facts.ok()) run.cluster.nodes = facts->size();
  const auto system = cluster_.get(kube::make_ref("v1", "Namespace", "", "kube-system"));
  if (system.ok() && *system) run.cluster.uid = kube::text_at(**system, {"metadata", "uid"});
  const auto pods = cluster_.list(
      {.resource = "pods", .selector = fmt::format("{}={}", kRunLabel, options_.run)});
  if (!pods.ok()) return;
  for (const kube::Object& pod : *pods)
    for (const Value& one : kube::list_at(pod, {"status", "containerStatuses"})) {
      const std::string name(kube::text_at(one, {"image"}));
      const std::string id(kube::text_at(one, {"imageID"}));
      const auto at = id.find("sha256:");
      const std::string digest = at == std::string::npos ? "" : id.substr(at);
      if (kube::text_at(one, {"name"}) == kContainer)
        run.sample_app = digest.empty() ? name : fmt::format("{}@{}", name, digest);
      else if (std::ranges::find(run.mesh.images, name, &Image::name) == run.mesh.images.end())
        run.mesh.images.push_back({name, digest});
    }
}

std::vector<std::string> KubectlDriver::stop(const std::set<std::string>& kept) {
  heart_.reset();
  for (const auto& stage : stages_) stage->close();
  if (stages_.empty()) return {};
  const auto is_kept = [&](const std::string& ns) {
    return std::ranges::any_of(kept, [&](const std::string& one) { return ns.starts_with(one); });
  };
  const auto found = find_remains(cluster_);
  if (!found.ok())
    return {fmt::format("namespaces of run {}: {}", options_.run, found.error().message)};
  std::vector<Remains> own;
  for (const Remains& one : *found) {
    if (one.run != options_.run) continue;
    if (!is_kept(one.ns))
      own.push_back(one);
    else
      static_cast<void>(cluster_.label(kube::make_ref("v1", "Namespace", "", one.ns),
                                       {{std::string(kKeptLabel), "yes"}}));
  }
  Removal how;
  how.timeout *= options_.timeout_scale;
  auto left = remove_remains(cluster_, own, how);
  if (left.empty()) stages_.clear();
  return left;
}

}  // namespace weft::conform
