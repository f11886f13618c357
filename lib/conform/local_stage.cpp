#include "lib/conform/local_stage.h"

#include <algorithm>
#include <filesystem>

#include "lib/base/file.h"
#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/conform/catalog.h"
#include "lib/conform/reference_metrics.h"
#include "lib/doc/write.h"
#include "lib/serve/journal.h"

namespace weft::conform {
namespace {

using namespace std::chrono_literals;
using base::Error;
using base::ExitCode;
using base::Result;

constexpr std::uint64_t kMany = 100;  // requests: enough for a restart in between

}  // namespace

Result<std::string> metrics_text(const ReferenceMesh& mesh, const std::string& path,
                                 const std::vector<ServedRequest>& requests) {
  if (const auto answer = metrics_answer(mesh, path, requests)) return doc::write_json(*answer, 0);
  return Error{ExitCode::no, fmt::format("there is nothing at {}", path)};
}

LocalStage::LocalStage(const LocalOptions& options, std::string name, proc::Runner& runner)
    : options_(options),
      name_(std::move(name)),
      folder_(options.folder + "/" + name_),
      runner_(runner),
      mesh_({}) {}

Result<std::string> LocalStage::call(std::vector<std::string> argv, std::string input) {
  proc::Command command{.argv = std::move(argv), .input = std::move(input)};
  command.deadline = options_.timeout;
  WEFT_TRY(done, runner_.run(command));
  if (done.exit_code != 0)
    return Error{ExitCode::tool, fmt::format("{} failed", command.text())}.because(
        std::string(base::trim(done.err)));
  return std::move(done.out);
}

Result<void> LocalStage::note(const std::string& network_namespace) {
  spaces_.push_back(network_namespace);
  if (options_.journal == nullptr) return {};
  return options_.journal->note(
      {{.kind = std::string(kNetworkNamespace), .name = network_namespace}});
}

Result<void> LocalStage::start(const SuiteSpec& suite) {
  std::error_code failed;
  std::filesystem::create_directories(folder_, failed);
  apps_ = suite.fixture.apps;
  const bool counts = std::ranges::any_of(suite.resources, &ResourceSpec::aggregated);
  mesh_ = ReferenceMesh({.broken = options_.broken,
                         .deny = suite.fixture.deny,
                         .service_prefix = fmt::format("10.{}.1.", options_.subnet),
                         .ns = ns(),
                         .nowhere = fmt::format("10.{}.0.250", options_.subnet),
                         .logs = counts ? folder_ : "",
                         .mtls = suite.fixture.mtls,
                         .certificates = folder_,
                         .speeches = speeches_of(suite)});
  std::vector<MeshPod> pods;
  unsigned host = 2;
  for (const AppSpec& app : apps_)
    pods.push_back({app.name, fmt::format("10.{}.0.{}", options_.subnet, host++), app.account,
                    pod_labels(suite, app), app.outside, space_name(ns(), app.space)});
  mesh_.set_pods(std::move(pods));
  WEFT_TRY(objects, fixture_objects(suite, ns(), "none"));
  for (const kube::Object& object : objects) mesh_.put(object);
  WEFT_CHECK(make_network());
  WEFT_CHECK(make_certificates());
  WEFT_CHECK(configure(""));
  for (const AppSpec& app : apps_) {
    start_server(app);
    proxies_.push_back(keep_running(app.name, proxy_command(app.name), {}, stop_));
  }
  for (const AppSpec& app : apps_) WEFT_CHECK(wait_until_up(app.name));
  return {};
}

// A bridge in a namespace of its own, a namespace for every application; addresses of services
// are local everywhere, so that the proxy beside the caller takes what is sent to them.
Result<void> LocalStage::make_network() {
  const std::string bridge = name_ + "-net";
  WEFT_CHECK(note(bridge));
  WEFT_CHECK(call({"ip", "netns", "add", bridge}));
  std::string links = "link add br0 type bridge\nlink set br0 up\n";
  int port = 0;
  for (const AppSpec& app : apps_) {
    WEFT_CHECK(note(space(app.name)));
    WEFT_CHECK(call({"ip", "netns", "add", space(app.name)}));
    links += fmt::format(
        "link add p{0} type veth peer name eth0 netns {1}\n"
        "link set p{0} master br0 up\n",
        port++, space(app.name));
  }
  WEFT_CHECK(call({"ip", "-n", bridge, "-batch", "-"}, links));
  for (std::size_t i = 0; i < apps_.size(); ++i)
    WEFT_CHECK(call({"ip", "-n", space(apps_[i].name), "-batch", "-"},
                    fmt::format("link set lo up\naddr add 10.{0}.0.{1}/24 dev eth0\n"
                                "link set eth0 up\nroute add local 10.{0}.1.0/24 dev lo\n"
                                "neigh add 10.{0}.0.250 lladdr 02:00:00:00:00:fa dev eth0\n",
                                options_.subnet, i + 2)));
  return {};
}

// Every application of the mesh has one, whether or not a suite is about them.
Result<void> LocalStage::make_certificates() {
  WEFT_TRY(authority, Authority::make(base::system_clock().wall()));
  authority_ = std::move(authority);
  WEFT_CHECK(base::write_file(folder_ + "/root.pem", authority_->root()));
  for (const AppSpec& app : apps_) {
    WEFT_TRY(issued, certificate(workload_of(app, ns()), CertificateKind::valid));
    WEFT_CHECK(write_certificate(app.name, issued));
  }
  return {};
}

Result<pki::Issued> LocalStage::certificate(const Workload& workload, CertificateKind kind) {
  if (kind != CertificateKind::foreign)
    return authority_->issue(workload, kind == CertificateKind::expired);
  WEFT_TRY(stranger, Authority::make(base::system_clock().wall()));
  return stranger.issue(workload, false);
}

Result<void> LocalStage::write_certificate(const std::string& app, const pki::Issued& issued) {
  certificates_[app] = issued;
  WEFT_CHECK(base::write_file(file(app, ".pem"), issued.certificate));
  return base::write_file(file(app, ".key"), issued.key, base::Access::owner);
}

Result<void> LocalStage::reissue(const std::string& app, const Workload& as, CertificateKind kind) {
  const std::lock_guard lock(mutex_);
  if (mesh_.is_broken("rotation-ignored")) return {};
  WEFT_TRY(issued, certificate(as, kind));
  WEFT_CHECK(write_certificate(app, issued));
  if (!options_.envoy.empty()) return configure("");
  const auto before = workers_of(app);
  WEFT_CHECK(write_config(app, configs_[app].all, true));
  wait_for_change(app, before);
  return {};
}

std::thread LocalStage::keep_running(const std::string& app, std::vector<std::string> argv,
                                     std::map<std::string, std::string> env,
                                     const base::StopFlag& stop) {
  std::vector<std::string> inside{"ip", "netns", "exec", space(app)};
  inside.insert(inside.end(), argv.begin(), argv.end());
  proc::Command command{.argv = std::move(inside), .env = std::move(env)};
  command.deadline = std::chrono::hours(24);
  command.stop = &stop;
  return std::thread(
      [this, command = std::move(command)] { static_cast<void>(runner_.run(command)); });
}

void LocalStage::start_server(const AppSpec& app) {
  Server& server = servers_[app.name];
  server.stop = std::make_unique<base::StopFlag>();
  server.thread =
      keep_running(app.name,
                   {options_.weft, "serve", "-q", "--host", "127.0.0.1", "--port", "9091", "--h2c",
                    "7070", "--tcp", "9093", "--udp", "9094", "--server-first", "9095",
                    "--journal-socket", file(app.name, ".sock")},
                   {{"SERVICE_NAME", app.name}, {"SERVICE_VERSION", app.version}}, *server.stop);
}

void LocalStage::stop_server(const std::string& app) {
  const auto found = servers_.find(app);
  if (found == servers_.end()) return;
  found->second.stop->request();
  found->second.thread.join();
  servers_.erase(found);
}

Result<void> LocalStage::wait_until_up(const std::string& app) {
  for (int i = 0; i < 500; ++i) {
    std::error_code none;
    const bool configured = !options_.envoy.empty() ||  // which writes no such file
                            std::filesystem::exists(file(app, ".pid"), none);
    if (configured && serve::read_journal(file(app, ".sock"), 0, "", 1s).ok()) return {};
    std::this_thread::sleep_for(20ms);
  }
  const auto log = base::read_file(file(app, ".log"), 1u << 20);
  return Error{ExitCode::tool, fmt::format("{} did not start", app),
               "is nginx usable here? nginx -t"}
      .because(log.ok() ? std::string(base::trim(*log)) : "");
}

Result<void> LocalStage::apply(const kube::Objects& objects) {
  for (const kube::Object& object : objects) {
    const kube::Ref ref = kube::ref_of(object);
    if (ref.group.empty()) continue;
    const auto found = options_.served.find(ref.group + "/" + ref.kind);
    if (found == options_.served.end() || std::ranges::count(found->second, ref.version) == 0)
      return Error{ExitCode::no, fmt::format("{} {} is not served", ref.api_version(), ref.kind)};
  }
  const std::lock_guard lock(mutex_);
  for (const kube::Object& object : objects) mesh_.put(object);
  return {};
}

Result<void> LocalStage::remove(const std::vector<kube::Ref>& refs) {
  const std::lock_guard lock(mutex_);
  for (const kube::Ref& ref : refs) mesh_.remove(ref);
  return {};
}

Result<std::optional<kube::Object>> LocalStage::get(const kube::Ref& ref) {
  const std::lock_guard lock(mutex_);
  return mesh_.get(ref);
}

Result<void> LocalStage::scale(const std::string& app, std::uint64_t replicas) {
  if (replicas > 1)
    return Error{ExitCode::tool, fmt::format("{} cannot have {} pods here", app, replicas),
                 "an application has one network namespace: scale to 0 or 1"};
  const std::lock_guard lock(mutex_);
  if (replicas == 0) {
    stop_server(app);
    return {};
  }
  if (servers_.contains(app)) return {};
  start_server(*std::ranges::find(apps_, app, &AppSpec::name));
  return wait_until_up(app);
}

Result<void> LocalStage::restart(const std::string& app) {
  WEFT_CHECK(scale(app, 0));
  return scale(app, 1);
}

Result<std::string> LocalStage::probe(const std::string& app, const ProbePlan& plan) {
  {
    const std::lock_guard lock(mutex_);
    WEFT_CHECK(configure(app));
  }
  std::thread restart;
  base::StopFlag answered;
  if (mesh_.is_broken("restart-midway") && plan.count >= kMany && !plan.until)
    restart = std::thread([&] { restart_midway(plan, answered); });
  auto answers = call({"ip", "netns", "exec", space(app), options_.weft, "probe", "--plan", "-"},
                      doc::write_json(plan_to_json(plan), 0));
  answered.request();
  if (restart.joinable()) restart.join();
  return answers;
}

// Once a third of the requests has arrived somewhere, app-b is gone, until further ones have.
void LocalStage::restart_midway(const ProbePlan& plan, const base::StopFlag& answered) {
  const auto wait_for = [&](std::size_t wanted, base::Nanoseconds most) {
    const auto end = base::system_clock().monotonic() + most;
    std::size_t seen = 0;
    while (seen < wanted && !answered.requested() && base::system_clock().monotonic() < end) {
      std::this_thread::sleep_for(5ms);
      if (const auto arrived = arrivals(plan.nonce); arrived.ok()) seen = arrived->size();
    }
    return seen;
  };
  wait_for(plan.count / 3, 30s);
  if (!scale("app-b", 0).ok()) return;
  wait_for(plan.count / 3 + kMany / 4, 300ms);
  static_cast<void>(scale("app-b", 1));
}

Result<std::vector<Arrival>> LocalStage::arrivals(const std::string& nonce) {
  std::vector<Arrival> out;
  for (const AppSpec& app : apps_) {
    if (mesh_.is_broken("journal-blocked"))
      return Error{ExitCode::cluster, fmt::format("the journal of {} cannot be read", app.name)};
    if (!std::filesystem::exists(file(app.name, ".sock"))) continue;  // it has no pod
    WEFT_TRY(lines, serve::read_journal(file(app.name, ".sock"), 0, nonce, 10s));
    WEFT_TRY(arrived, read_arrivals(lines));
    std::ranges::move(arrived, std::back_inserter(out));
  }
  return out;
}

Result<std::string> LocalStage::raw(const std::string& path) {
  const std::lock_guard lock(mutex_);
  std::vector<ServedRequest> requests;
  for (const AppSpec& app : apps_) {
    const auto log = base::read_file(file(app.name, ".access"), 64u << 20);
    if (!log.ok()) continue;
    std::ranges::move(read_access_log(mesh_, app.name, *log), std::back_inserter(requests));
  }
  return metrics_text(mesh_, path, requests);
}

std::string LocalStage::evidence() {
  std::string out;
  for (const AppSpec& app : apps_) {
    const auto log = base::read_file(file(app.name, ".log"), 1u << 20);
    if (log.ok() && !log->empty()) out += fmt::format("== proxy of {}\n{}", app.name, *log);
  }
  return out;
}

std::vector<std::string> LocalStage::stop() {
  std::vector<std::string> left;
  for (std::thread& one : late_) one.join();
  stop_.request();
  for (auto& [app, server] : servers_) server.stop->request();
  for (auto& [app, server] : servers_) server.thread.join();
  for (std::thread& one : proxies_) one.join();
  late_.clear();
  servers_.clear();
  proxies_.clear();
  for (const std::string& space : spaces_) {
    std::error_code none;
    if (std::filesystem::exists("/run/netns/" + space, none))
      if (const auto gone = call({"ip", "netns", "delete", space}); !gone.ok())
        left.push_back("network namespace " + space);
    std::filesystem::remove_all("/etc/netns/" + space, none);
  }
  spaces_.clear();
  return left;
}

}  // namespace weft::conform
