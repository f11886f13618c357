#include "lib/conform/local_driver.h"

#include <algorithm>
#include <csignal>
#include <filesystem>

#include "lib/base/file.h"
#include "lib/base/format.h"
#include "lib/base/number.h"
#include "lib/base/text.h"
#include "lib/conform/catalog.h"
#include "lib/conform/envoy.h"
#include "lib/conform/reference_metrics.h"
#include "lib/doc/decode.h"
#include "lib/doc/read.h"
#include "lib/doc/write.h"
#include "lib/serve/journal.h"

namespace weft::conform {
namespace {

using namespace std::chrono_literals;
using base::Error;
using base::ExitCode;
using base::Result;

constexpr auto kStale = 500ms;
constexpr std::uint64_t kMany = 100;  // requests: enough for a restart in between

const Served& newest_kinds() {
  static const Served all{{"access.smi-spec.io/TrafficTarget", {"v1alpha3"}},
                          {"specs.smi-spec.io/HTTPRouteGroup", {"v1alpha4"}},
                          {"specs.smi-spec.io/TCPRoute", {"v1alpha4"}},
                          {"split.smi-spec.io/TrafficSplit", {"v1alpha4"}},
                          {"gateway.networking.k8s.io/HTTPRoute", {"v1"}},
                          {"gateway.networking.k8s.io/GRPCRoute", {"v1"}},
                          {"gateway.networking.k8s.io/ReferenceGrant", {"v1beta1"}}};
  return all;
}

// Process ids of the workers of an nginx that take connections, as text.
std::vector<std::string> workers_of(const std::string& pid_file) {
  std::vector<std::string> out;
  const auto pid = base::read_file(pid_file, 64);
  if (!pid.ok()) return out;
  const std::string master(base::trim(*pid));
  const auto children = base::read_file(fmt::format("/proc/{0}/task/{0}/children", master), 4096);
  if (!children.ok()) return out;
  for (const std::string_view child : base::split(*children, ' ')) {
    const std::string worker(base::trim(child));
    const auto title = base::read_file("/proc/" + worker + "/cmdline", 4096);
    if (!worker.empty() && title.ok() && title->find("shutting down") == std::string::npos)
      out.push_back(worker);
  }
  return out;
}

Result<std::string> answer_of(const std::optional<doc::Value>& answer, const std::string& path) {
  if (answer) return doc::write_json(*answer, 0);
  return Error{ExitCode::no, fmt::format("there is nothing at {}", path)};
}

}  // namespace

std::string missing_for_local(const proc::Runner& runner, bool is_root) {
  if (!is_root) return "network namespaces need root";
  for (const char* program : {"ip", "nginx"})
    if (!runner.find(program)) return fmt::format("{} is not installed", program);
  return {};
}

Result<std::vector<Arrival>> read_arrivals(const std::string& lines) {
  std::vector<Arrival> out;
  for (const std::string_view line : base::split(lines, '\n')) {
    if (base::trim(line).empty()) continue;
    WEFT_TRY(document, doc::read_json(doc::Source("weft journal", std::string(line))));
    Arrival one;
    doc::Fields in(document, doc::Unknown::ignored);
    in.need("seq", one.seq).need("nonce", one.nonce).need("target", one.target);
    WEFT_CHECK(in.done());
    out.push_back(std::move(one));
  }
  return out;
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
  const auto before = workers_of(file(app, ".pid"));
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

std::vector<std::string> LocalStage::proxy_command(const std::string& app) const {
  if (options_.envoy.empty()) return {"nginx", "-c", file(app, ".conf"), "-e", file(app, ".log")};
  return {options_.envoy,
          "--config-path",
          file(app, ".conf"),
          "--log-path",
          file(app, ".log"),
          "--log-level",
          "error",
          "--concurrency",
          "1",
          "--drain-time-s",
          "1",
          "--disable-hot-restart"};
}

// Envoy itself notices that a file was replaced.
Result<void> LocalStage::configure_envoy(const std::string& app) {
  const EnvoyFiles files{file(app, ".clusters.json"), file(app, ".listeners.json")};
  const EnvoyConfig config = envoy_config(mesh_, app, files, {authority_->root(), certificates_});
  std::string text = config.clusters + config.listeners;
  std::string& before = configs_[app].all;
  if (before == text) return {};
  if (before.empty()) WEFT_CHECK(base::write_file(file(app, ".conf"), config.bootstrap));
  before = std::move(text);
  WEFT_CHECK(base::write_file(files.clusters, config.clusters, base::Access::owner));
  return base::write_file(files.listeners, config.listeners, base::Access::owner);
}

Result<void> LocalStage::configure(const std::string& client) {
  std::vector<std::pair<std::string, std::vector<std::string>>> changing;
  for (const AppSpec& app : apps_) {
    if (!options_.envoy.empty()) {
      WEFT_CHECK(configure_envoy(app.name));
      continue;
    }
    const std::string text =
        nginx_config(folder_, app.name, mesh_.config(app.name), mesh_.streams(app.name));
    std::string inbound = mesh_.inbound(app.name);
    const auto before = configs_.find(app.name);
    const bool reload = before != configs_.end();
    const bool counts = !reload || app.name == client || before->second.inbound != inbound;
    if (!counts || (reload && before->second.all == text)) continue;
    configs_[app.name] = {text, std::move(inbound)};
    if (reload && mesh_.is_broken("stale-config")) {
      late_.emplace_back([this, name = app.name, text, number = late_.size() + 1] {
        std::this_thread::sleep_for(kStale);
        const std::lock_guard lock(late_mutex_);
        if (written_[name] < number) static_cast<void>(write_config(name, text, true));
        written_[name] = std::max(written_[name], number);
      });
      continue;
    }
    if (reload) changing.emplace_back(app.name, workers_of(file(app.name, ".pid")));
    WEFT_CHECK(write_config(app.name, text, reload));
  }
  for (const auto& [app, before] : changing) wait_for_change(app, before);
  for (const AppSpec& app : apps_) {
    std::string text = mesh_.hosts(app.name);
    if (text == hosts_[app.name]) continue;
    WEFT_CHECK(base::write_file(fmt::format("/etc/netns/{}/hosts", space(app.name)), text));
    hosts_[app.name] = std::move(text);
  }
  return {};
}

// For a tenth of a second nginx's old workers take connections beside the new ones: an accident of
// reloading that is none of the behaviours to be found.
void LocalStage::wait_for_change(const std::string& app, const std::vector<std::string>& before) {
  for (int i = 0; i < 200; ++i) {
    const auto now = workers_of(file(app, ".pid"));
    const bool old = std::ranges::any_of(
        before, [&](const std::string& worker) { return std::ranges::count(now, worker) > 0; });
    if (!old && !now.empty()) return;
    std::this_thread::sleep_for(10ms);
  }
}

Result<void> LocalStage::write_config(const std::string& app, const std::string& text,
                                      bool reload) {
  WEFT_CHECK(base::write_file(file(app, ".conf"), text));
  if (!reload) return {};
  WEFT_TRY(pid, base::read_file(file(app, ".pid"), 64));
  const auto number = base::parse_int(base::trim(pid));
  if (!number || *number <= 1 || ::kill(static_cast<pid_t>(*number), SIGHUP) != 0)
    return Error{ExitCode::tool, fmt::format("the proxy of {} is not running", app)};
  return {};
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
  return answer_of(metrics_answer(mesh_, path, requests), path);
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

LocalDriver::LocalDriver(LocalOptions options, proc::Runner& runner)
    : options_(std::move(options)), runner_(runner) {
  if (options_.served.empty()) options_.served = newest_kinds();
}

Result<void> LocalDriver::check(const std::vector<SuiteSpec>& suites) {
  for (const SuiteSpec& suite : suites) {
    auto speeches = speeches_of(suite);
    speeches.erase(Speech::h2c);
    if (!speeches.empty() && options_.envoy.empty() && nginx_stream_module().empty())
      return Error{ExitCode::tool, fmt::format("{} needs nginx's stream module", suite.name),
                   "install it (Debian: libnginx-mod-stream), or leave this suite out"};
  }
  return {};
}

Result<Stage*> LocalDriver::stage(const SuiteSpec& suite) {
  LocalStage* stage = nullptr;
  {
    const std::lock_guard lock(mutex_);
    stages_.push_back(std::make_unique<LocalStage>(
        options_, fmt::format("{}-{}", options_.name, stages_.size() + 1), runner_));
    stage = stages_.back().get();
  }
  WEFT_CHECK(stage->start(suite));
  return static_cast<Stage*>(stage);
}

Result<std::string> LocalDriver::raw(const std::string& path) {
  return answer_of(metrics_answer(ReferenceMesh({}), path, {}), path);
}

// Nothing is kept: processes do not outlive the one that waits for them.
std::vector<std::string> LocalDriver::stop(const std::set<std::string>&) {
  std::vector<std::string> left;
  for (const auto& stage : stages_) std::ranges::move(stage->stop(), std::back_inserter(left));
  stages_.clear();
  return left;
}

std::vector<std::string> clean_local(const JournalFile& journal, proc::Runner& runner) {
  const auto ip = [&](std::vector<std::string> words) {
    words.insert(words.begin(), {"ip", "netns"});
    return runner.run({.argv = std::move(words)});
  };
  std::vector<std::string> left;
  for (const Made& made : journal.made) {
    if (made.kind != kNetworkNamespace) continue;
    std::error_code none;
    std::filesystem::remove_all("/etc/netns/" + made.name, none);
    if (!std::filesystem::exists("/run/netns/" + made.name, none)) continue;
    const auto pids = ip({"pids", made.name});
    for (const std::string_view pid : base::split(pids.ok() ? pids->out : "", '\n'))
      if (const auto number = base::parse_int(base::trim(pid)); number && *number > 1)
        ::kill(static_cast<pid_t>(*number), SIGKILL);
    const auto gone = ip({"delete", made.name});
    if (!gone.ok() || gone->exit_code != 0) left.push_back("network namespace " + made.name);
  }
  for (const Made& made : journal.made) {  // no process writes there any more
    std::error_code failed;
    if (made.kind == kFolder) std::filesystem::remove_all(made.name, failed);
    if (failed) left.push_back("folder " + made.name);
  }
  return left;
}

}  // namespace weft::conform
