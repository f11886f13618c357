#include "lib/conform/kubectl_driver.h"

#include <algorithm>

#include "lib/base/file.h"
#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/doc/write.h"
#include "lib/kube/errors.h"
#include "lib/kube/wait.h"

namespace weft::conform {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;

constexpr std::string_view kNamespacePrefix = "weft-";
constexpr auto kExecOverhead = std::chrono::seconds(30);
constexpr auto kGone = std::chrono::seconds(90);
constexpr std::string_view kSocket = "/tmp/weft-journal.sock";

void merge(doc::Value& metadata, std::string_view key,
           const std::map<std::string, std::string>& values) {
  if (values.empty()) return;
  if (metadata.find(key) == nullptr) metadata.set(std::string(key), doc::Value::map());
  for (const auto& [name, value] : values) metadata.find(key)->set(name, value);
}

// True when the API server judged the object, and did not fail for a reason of its own.
bool is_verdict(kube::Failure failure) {
  using kube::Failure;
  return failure == Failure::invalid || failure == Failure::refused || failure == Failure::policy ||
         failure == Failure::no_such_kind || failure == Failure::immutable;
}

// The longest that a probe may take: every request until its time-out.
base::Nanoseconds longest(const ProbePlan& plan) {
  if (plan.until) return plan.until->within + plan.request.timeout + kExecOverhead;
  const auto rounds =
      static_cast<std::int64_t>(plan.count / std::max<std::uint64_t>(1, plan.workers));
  return std::min<base::Nanoseconds>(plan.request.timeout * (rounds + 1),
                                     std::chrono::minutes(10)) +
         kExecOverhead;
}

}  // namespace

KubectlDriver::KubectlDriver(KubectlOptions options, kube::Cluster& cluster, proc::Runner& runner,
                             const base::Clock& clock, const base::StopFlag& stop)
    : options_(std::move(options)),
      cluster_(cluster),
      runner_(runner),
      clock_(clock),
      stop_(stop) {}

std::string KubectlDriver::ns() const { return std::string(kNamespacePrefix) + options_.run; }

Result<Served> KubectlDriver::served() {
  WEFT_TRY(definitions,
           cluster_.list({.resource = "customresourcedefinitions.apiextensions.k8s.io"}));
  Served out;
  for (const kube::Object& crd : definitions) {
    const auto group = kube::text_at(crd, {"spec", "group"});
    const auto kind = kube::text_at(crd, {"spec", "names", "kind"});
    auto& versions = out[fmt::format("{}/{}", group, kind)];
    for (const doc::Value& version : kube::list_at(crd, {"spec", "versions"}))
      if (kube::bool_at(version, {"served"}))
        versions.emplace_back(kube::text_at(version, {"name"}));
  }
  return out;
}

kube::Object KubectlDriver::labelled(kube::Object object) const {
  doc::Value* metadata = object.find("metadata");
  if (metadata == nullptr) return object;
  const auto expires = std::chrono::floor<std::chrono::seconds>(clock_.wall() + options_.lifetime);
  merge(*metadata, "labels",
        {{std::string(kRunLabel), options_.run},
         {std::string(kExpiresLabel), fmt::format("{}", expires.time_since_epoch().count())}});
  if (kube::ref_of(object).kind == "Namespace") {
    merge(*metadata, "labels", options_.namespace_labels);
    merge(*metadata, "annotations", options_.namespace_annotations);
  }
  return object;
}

// Written and synced before the object is made.
Result<void> KubectlDriver::note(const kube::Ref& ref) {
  if (options_.journal.empty()) return {};
  doc::Value line;
  line.set("run", options_.run).set("apiVersion", ref.api_version()).set("kind", ref.kind);
  line.set("namespace", ref.ns).set("name", ref.name);
  noted_ += doc::write_json(line, 0) + "\n";
  return base::write_file(options_.journal, noted_);
}

Result<void> KubectlDriver::start(const SuiteSpec& suite) {
  if (suite_ == suite.name) return {};
  WEFT_TRY(objects, fixture_objects(suite, ns(), options_.image));
  for (const AppSpec& app : suite.fixture.apps) spaces_[app.name] = space_name(ns(), app.space);
  std::vector<kube::Ref> workloads;
  for (kube::Object& object : objects) {
    object = labelled(std::move(object));
    const kube::Ref ref = kube::ref_of(object);
    WEFT_CHECK(note(ref));
    if (ref.kind == "Deployment") workloads.push_back(ref);
  }
  WEFT_CHECK(cluster_.apply(objects, {.force = true}));
  WEFT_CHECK(wait_until_ready(workloads));
  suite_ = suite.name;
  return {};
}

Result<void> KubectlDriver::wait_until_ready(const std::vector<kube::Ref>& workloads) {
  std::vector<kube::Target> targets;
  for (const kube::Ref& ref : workloads) targets.push_back({.ref = ref});
  kube::WaitOptions how{.clock = clock_, .deadline = clock_.monotonic() + options_.ready_timeout};
  how.stop = &stop_;
  WEFT_TRY(report, kube::wait(cluster_, targets, how));
  if (auto error = report.error()) return *std::move(error);
  return {};
}

std::string KubectlDriver::space_of(const std::string& app) const {
  const auto found = spaces_.find(app);
  return found == spaces_.end() ? ns() : found->second;
}

kube::Ref KubectlDriver::deployment(const std::string& app) const {
  return kube::make_ref("apps/v1", "Deployment", space_of(app), app);
}

Result<std::optional<kube::Object>> KubectlDriver::get(const kube::Ref& ref) {
  return cluster_.get(ref);
}

Result<void> KubectlDriver::scale(const std::string& app, std::uint64_t replicas) {
  const auto spec = doc::Value::map().set("replicas", replicas);
  WEFT_CHECK(
      cluster_.patch(deployment(app), kube::PatchType::merge, doc::Value::map().set("spec", spec)));
  return wait_until_ready({deployment(app)});
}

Result<void> KubectlDriver::restart(const std::string& app) {
  WEFT_CHECK(cluster_.restart(deployment(app), clock_.wall()));
  return wait_until_ready({deployment(app)});
}

Result<void> KubectlDriver::apply(const kube::Object& object) {
  const kube::Object own = labelled(object);
  WEFT_CHECK(note(kube::ref_of(own)));
  auto applied = cluster_.apply({own}, {.force = true});
  if (applied.ok()) return {};
  Error error = std::move(applied).error();
  if (is_verdict(kube::failure_of(error))) error.code = ExitCode::no;
  return error;
}

Result<void> KubectlDriver::remove(const kube::Ref& ref) {
  return cluster_.remove({ref}, {.wait = true, .timeout = kGone});
}

Result<std::string> KubectlDriver::exec(const std::string& app, std::vector<std::string> argv,
                                        std::string input, base::Nanoseconds timeout) {
  const std::string space = space_of(app);
  proc::Command command{.argv = options_.kubectl, .input = std::move(input)};
  for (const std::string& word :
       {std::string("exec"), std::string("-i"), "--namespace=" + space, "deployment/" + app,
        std::string("--container=weft"), std::string("--"), std::string("/weft")})
    command.argv.push_back(word);
  command.argv.insert(command.argv.end(), argv.begin(), argv.end());
  command.deadline = timeout;
  command.stop = &stop_;
  WEFT_TRY(done, runner_.run(command));
  if (done.exit_code == 0) return std::move(done.out);
  return Error{ExitCode::cluster, fmt::format("{} in {} failed", argv.front(), app),
               "kubectl --namespace=" + space + " describe pods"}
      .because(std::string(base::trim(done.err)));
}

Result<std::string> KubectlDriver::probe(const std::string& app, const ProbePlan& plan) {
  return exec(app, {"probe", "--plan", "-"}, doc::write_json(plan_to_json(plan), 0), longest(plan));
}

Result<std::vector<Arrival>> KubectlDriver::arrivals(const std::string& app,
                                                     const std::string& nonce) {
  WEFT_TRY(lines, exec(app, {"journal", "--socket", std::string(kSocket), "--nonce", nonce}, "",
                       kExecOverhead));
  return read_arrivals(lines);
}

Result<std::string> KubectlDriver::raw(const std::string& path) { return cluster_.raw(path); }

std::vector<std::string> KubectlDriver::stop() {
  const auto found = find_remains(cluster_);
  if (!found.ok()) return {"namespace " + ns() + ": " + found.error().message};
  std::vector<std::string> left;
  for (const Remains& one : *found) {
    if (one.run != options_.run) continue;
    const auto removed = cluster_.remove({kube::make_ref("v1", "Namespace", "", one.ns)},
                                         {.wait = true, .timeout = kGone});
    if (!removed.ok()) left.push_back("namespace " + one.ns + ": " + removed.error().message);
  }
  suite_.clear();
  return left;
}

Result<std::vector<Remains>> find_remains(kube::Cluster& cluster) {
  WEFT_TRY(spaces, cluster.list({.resource = "namespaces", .selector = std::string(kRunLabel)}));
  std::vector<Remains> out;
  for (const kube::Object& space : spaces) {
    Remains one{std::string(kube::name_of(space)), std::string(kube::label_of(space, kRunLabel)),
                std::nullopt};
    // A label can be copied; the name says who made it.
    const std::string own = std::string(kNamespacePrefix) + one.run;
    if (one.run.empty() || (one.ns != own && !one.ns.starts_with(own + "-"))) continue;
    if (const auto seconds = base::parse_int(kube::label_of(space, kExpiresLabel)))
      one.expires = base::WallTime(std::chrono::seconds(*seconds));
    out.push_back(std::move(one));
  }
  return out;
}

}  // namespace weft::conform
