#include "lib/pattern/applying/apply.h"

#include <catch2/catch.hpp>
#include <condition_variable>
#include <mutex>

#include "lib/kube/errors.h"
#include "lib/kube/mask.h"
#include "lib/pattern/applying/status.h"
#include "lib/pattern/reading/read.h"
#include "lib/testkit/fake_cluster.h"

using namespace weft;
using pattern::Outcome;

namespace {

class TestClock : public base::Clock {
 public:
  base::WallTime wall() const override { return base::WallTime(passed); }
  base::MonoTime monotonic() const override { return base::MonoTime(passed); }
  base::Nanoseconds passed{0};
};

class FakeMeshes : public pattern::Meshes {
 public:
  base::Result<pattern::MeshPlan> plan(const pattern::MeshOrder& order) override {
    if (installed.contains(order.id)) return pattern::MeshPlan{.from = "1.0", .to = "1.0"};
    return pattern::MeshPlan{.action = kube::Action::create, .to = "1.0"};
  }
  base::Result<void> install(const pattern::MeshOrder& order) override {
    if (slow == order.id)
      return base::Error{base::ExitCode::timeout, order.id + " does not get ready"};
    if (installed.contains(order.id)) return {};
    std::unique_lock lock(mutex);
    if (++inside == together) all_inside.notify_all();
    if (!all_inside.wait_for(lock, std::chrono::seconds(20), [this] { return inside >= together; }))
      return base::Error{base::ExitCode::timeout, order.id + " waited for the others in vain"};
    if (broken == order.id)
      return base::Error{base::ExitCode::tool, order.id + " cannot be installed"};
    calls.push_back("install " + order.id);
    last = order;
    installed.insert(order.id);
    return {};
  }
  base::Result<void> remove(const std::string& id) override {
    calls.push_back("remove " + id);
    installed.erase(id);
    return {};
  }
  std::set<std::string> installed;
  pattern::MeshOrder last;
  std::string broken;
  std::string slow;  // installed or not
  std::vector<std::string> calls;
  int together = 0;  // so many installations wait for each other before the first ends

 private:
  std::mutex mutex;
  std::condition_variable all_inside;
  int inside = 0;
};

// A pattern, a cluster in memory and everything between them.
struct World {
  explicit World(const std::string& text) { read(text); }

  void read(const std::string& text) {
    pattern = pattern::read(doc::Source("p.yaml", text), {}).value().pattern;
    pattern::Notes notes;
    auto types = pattern::Types::make(catalog).value();
    resolution = pattern::resolve(pattern, types, catalog, {}, notes).value();
    graph = pattern::make_graph(resolution, notes).value();
  }
  pattern::ApplyOptions options() {
    pattern::ApplyOptions out{
        .wait =
            kube::WaitOptions{.clock = clock, .deadline = base::MonoTime(std::chrono::minutes(5))}};
    out.wait.sleep = [this](base::Nanoseconds time) { clock.passed += time; };
    out.prune = prune;
    out.force = force;
    out.weft_version = "0.1.0";
    return out;
  }
  pattern::Report apply() {
    auto out = pattern::apply(target, resolution, graph, options());
    if (!out.ok()) FAIL(out.error().message);
    return std::move(*out);
  }
  pattern::Plan plan() { return pattern::make_plan(target, resolution, graph, force).value(); }
  // "istio:done grafana:withheld"
  std::string outcomes(const pattern::Report& report) const {
    std::string out;
    for (const auto& each : report.services)
      out += resolution.parts[each.service].service->key + ":" +
             std::string(name_of(each.outcome)) + " ";
    return out;
  }

  mesh::Catalog catalog = mesh::Catalog::builtin();
  pattern::Pattern pattern;
  pattern::Resolution resolution;
  pattern::Graph graph;
  TestClock clock;
  testkit::FakeCluster cluster;
  FakeMeshes meshes;
  pattern::Secrets secrets{&cluster, [](const std::string& name) {
                             return name == "KEY" ? std::optional<std::string>("hush")
                                                  : std::nullopt;
                           }};
  pattern::Target target{cluster, meshes, secrets, {"seed", "default"}};
  bool prune = false;
  bool force = false;
};

constexpr const char* kSeed = R"(name: seed
services:
  istio:
    type: IstioMesh
    traits:
      mTLS: {policy: strict, namespaces: [shop]}
      automaticSidecarInjection: {namespaces: [shop]}
  grafana: {type: Grafana, dependsOn: [istio, prometheus]}
  prometheus: {type: Prometheus, dependsOn: [istio]}
  web:
    type: Application
    namespace: shop
    settings: {containers: [{name: web, image: web, ports: [{containerPort: 80}]}]}
)";

constexpr const char* kChain = R"(services:
  a: {type: ConfigMap, settings: {data: {k: v}}}
  b: {type: Deployment, settings: {replicas: 1}, dependsOn: [a]}
  c: {type: ConfigMap, dependsOn: [b]}
  d: {type: ConfigMap}
)";

}  // namespace

TEST_CASE("A pattern is applied in order, and a second time changes nothing") {
  World world(kSeed);
  const auto plan = world.plan();
  CHECK(plan.changes_anything(false));
  CHECK(plan.services.size() == 4);
  const auto first = world.apply();
  CHECK(first.complete());
  CHECK(world.outcomes(first) == "istio:done prometheus:done web:done grafana:done ");
  CHECK(world.meshes.calls ==
        std::vector<std::string>{"install istio", "install prometheus", "install grafana"});
  const auto* ns = world.cluster.find("Namespace", "", "shop");
  REQUIRE(ns != nullptr);
  CHECK(kube::label_of(*ns, "istio-injection") == "enabled");
  CHECK(world.cluster.find("PeerAuthentication", "shop", "default") != nullptr);
  CHECK(!world.plan().changes_anything(true));
  CHECK(world.outcomes(world.apply()) ==
        "istio:unchanged prometheus:unchanged web:unchanged grafana:unchanged ");
}

TEST_CASE("A plan tells fields, from the server's own answer") {
  World world(kChain);
  world.apply();
  std::string changed = kChain;
  changed.replace(changed.find("k: v"), 4, "k: w");
  world.read(changed);
  const auto plan = world.plan();
  const auto& service = plan.services.front();
  CHECK(service.action == kube::Action::update);
  REQUIRE(service.changes.size() == 1);
  REQUIRE(service.changes[0].fields.size() == 1);
  CHECK(service.changes[0].fields[0].path == "data.k");
}

TEST_CASE("A failure withholds what depends on it and nothing else, and the same command goes on") {
  World world(kSeed);
  world.meshes.broken = "prometheus";
  const auto report = world.apply();
  CHECK(report.code == base::ExitCode::tool);
  CHECK(world.outcomes(report) == "istio:done prometheus:failed web:done grafana:withheld ");
  CHECK(report.services[3].text == "needs prometheus");
  world.meshes.broken.clear();
  CHECK(world.outcomes(world.apply()) ==
        "istio:unchanged prometheus:done web:unchanged grafana:done ");
}

TEST_CASE("When a level is refused the service at fault is found") {
  World world(kChain);
  const base::Error refused{base::ExitCode::cluster, "refused"};
  world.cluster.fail("apply", refused);  // of the inventory: nothing was begun
  CHECK(!pattern::apply(world.target, world.resolution, world.graph, world.options()).ok());
  CHECK(world.cluster.find("ConfigMap", "default", "a") == nullptr);
}

TEST_CASE("What does not get ready is a timeout, and its dependants are not begun") {
  World world(kChain);
  world.cluster.workloads_get_ready = false;
  const auto report = world.apply();
  CHECK(report.code == base::ExitCode::timeout);
  CHECK(world.outcomes(report) == "a:done d:done b:failed c:open ");
  CHECK(world.cluster.find("ConfigMap", "default", "c") == nullptr);
}

TEST_CASE("Stopped by a signal, nothing further is begun") {
  World world(kChain);
  base::StopFlag stop;
  stop.request(2);
  auto options = world.options();
  options.wait.stop = &stop;
  const auto report = pattern::apply(world.target, world.resolution, world.graph, options);
  REQUIRE(report.ok());
  CHECK(report->code == base::ExitCode::interrupted);
  CHECK(world.outcomes(*report) == "a:open d:open b:open c:open ");
}

TEST_CASE("What left the file is told, and deleted by prune") {
  World world(kChain);
  world.apply();
  world.read("services:\n  a: {type: ConfigMap, settings: {data: {k: v}}}\n");
  CHECK(world.plan().leaving.size() == 3);
  CHECK(world.apply().notes.size() == 1);
  CHECK(world.cluster.find("ConfigMap", "default", "d") != nullptr);
  world.prune = true;
  CHECK(world.apply().pruned.size() == 3);
  CHECK(world.cluster.find("ConfigMap", "default", "d") == nullptr);
  CHECK(world.cluster.find("ConfigMap", "default", "a") != nullptr);
  CHECK(world.plan().leaving.empty());
}

TEST_CASE("Deleting goes backwards and leaves what the pattern did not make") {
  World world(kSeed);
  world.cluster.add("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: other, namespace: shop}\n");
  world.apply();
  const auto report = pattern::remove(world.target, world.resolution, world.graph, world.options());
  REQUIRE(report.ok());
  CHECK(report->complete());
  CHECK(world.meshes.calls.back() == "remove istio");
  CHECK(world.cluster.find("Deployment", "shop", "web") == nullptr);
  CHECK(world.cluster.find("ConfigMap", "shop", "other") != nullptr);
  CHECK(world.cluster.find("Namespace", "", "shop") != nullptr);
  CHECK(world.cluster.find("ConfigMap", "default", "weft-pattern-seed") == nullptr);
}

TEST_CASE("Secrets reach the cluster and no plan") {
  World world("services:\n  s: {type: Secret, settings: {stringData: {k: $(#ref.env.KEY)}}}\n");
  world.apply();
  const auto* secret = world.cluster.find("Secret", "default", "s");
  REQUIRE(secret != nullptr);
  CHECK(kube::text_at(*secret, {"stringData", "k"}) == "hush");
  CHECK(world.secrets.hide("say hush now") == "say (masked) now");
  World missing("services:\n  s: {type: Secret, settings: {stringData: {k: $(#ref.env.NO)}}}\n");
  CHECK(missing.outcomes(missing.apply()) == "s:failed ");
}

TEST_CASE("Secrets in helm values are opened for the mesh, and a missing one stops it") {
  World world(
      "services:\n  g: {type: Grafana, settings: {values: {adminPassword: $(#ref.env.KEY)}}}\n");
  world.apply();
  CHECK(kube::text_at(world.meshes.last.values, {"adminPassword"}) == "hush");
  CHECK(world.meshes.last.secrets == std::set<std::string>{"hush"});
  CHECK(kube::text_at(world.resolution.parts[0].order.values, {"adminPassword"}) != "hush");
  World missing("services:\n  g: {type: Grafana, settings: {values: {a: $(#ref.env.NO)}}}\n");
  CHECK(missing.plan().services[0].refused.size() == 1);
  CHECK(missing.outcomes(missing.apply()) == "g:failed ");
  CHECK(missing.meshes.calls.empty());
}

TEST_CASE("Status says what is there") {
  World world(kChain);
  const auto before = pattern::read_status(world.target, world.resolution, world.graph).value();
  CHECK(before.front().standing == pattern::Standing::absent);
  world.apply();
  const auto after = pattern::read_status(world.target, world.resolution, world.graph).value();
  for (const auto& each : after) CHECK(each.standing == pattern::Standing::ready);
  const auto applied = pattern::list_applied(world.cluster).value();
  REQUIRE(applied.size() == 1);
  CHECK(applied[0].pattern == "seed");
}

TEST_CASE("The inventory's id is that of the convention") {
  const pattern::Inventory inventory{"Shop: One", "default"};
  CHECK(inventory.parent().name == "weft-pattern-shop-one");
  const std::string id = inventory.id();
  CHECK(id.starts_with("applyset-"));
  CHECK(id.size() == std::string("applyset--v1").size() + 43);
}

TEST_CASE("A level that is refused as a whole still tells what was done") {
  World world(
      "services:\n  a: {type: ConfigMap}\n  b: {type: ConfigMap}\n  c: {type: ConfigMap}\n");
  world.cluster.refuse = [](const kube::Object& object) { return kube::name_of(object) == "b"; };
  const auto report = world.apply();
  CHECK(world.outcomes(report) == "a:done b:failed c:done ");
  CHECK(world.cluster.find("ConfigMap", "default", "c") != nullptr);
  world.cluster.refuse = {};
  CHECK(world.outcomes(world.apply()) == "a:unchanged b:done c:unchanged ");
}

TEST_CASE("A plan shows which new object the server refuses, and goes on with the others") {
  World world("services:\n  a: {type: ConfigMap}\n  b: {type: ConfigMap}\n");
  world.cluster.refuse = [](const kube::Object& object) { return kube::name_of(object) == "b"; };
  const auto plan = world.plan();
  CHECK(plan.services[0].refused.empty());
  REQUIRE(plan.services[1].refused.size() == 1);
  CHECK(plan.services[1].refused[0].ref.text() == "ConfigMap default/b");
  CHECK(plan.obstacle().has_value());
  CHECK(plan.services[1].action == kube::Action::create);
}

TEST_CASE("Objects in a namespace that the plan makes are not asked about") {
  World world("services:\n  a: {type: ConfigMap, namespace: new}\n");
  world.cluster.refuse = [](const kube::Object& object) { return kube::name_of(object) == "a"; };
  CHECK(!world.plan().obstacle().has_value());
}

TEST_CASE("A changed value of a Secret is a change, and is not shown") {
  const std::string text = "services:\n  s: {type: Secret, settings: {data: {k: dmFsdWU=}}}\n";
  World world(text);
  world.apply();
  world.read("services:\n  s: {type: Secret, settings: {data: {k: b3RoZXI=}}}\n");
  const auto plan = world.plan();
  CHECK(plan.services[0].action == kube::Action::update);
  CHECK(plan.services[0].changes[0].fields[0].to == doc::Value(std::string(kube::kMasked)));
}

TEST_CASE("A mesh that was there before the pattern stays when the pattern goes") {
  World world("services:\n  istio: {type: IstioMesh}\n  web: {type: ConfigMap}\n");
  world.meshes.installed.insert("istio");
  world.apply();
  CHECK(pattern::remove(world.target, world.resolution, world.graph, world.options()).ok());
  CHECK(world.meshes.installed.contains("istio"));
}

TEST_CASE("Deleting also takes members that left the file and were never pruned") {
  World world(kChain);
  world.apply();
  world.read("services:\n  a: {type: ConfigMap, settings: {data: {k: v}}}\n");
  const auto report = pattern::remove(world.target, world.resolution, world.graph, world.options());
  REQUIRE(report.ok());
  CHECK(report->pruned.size() == 3);
  CHECK(world.cluster.find("ConfigMap", "default", "d") == nullptr);
}

TEST_CASE("An add-on that is a feature of its mesh is one installation with it") {
  World world("services:\n  l: {type: LinkerdMesh}\n  v: {type: Viz, dependsOn: [l]}\n");
  CHECK(world.resolution.parts[0].order.features == std::vector<std::string>{"viz"});
  world.apply();
  CHECK(pattern::remove(world.target, world.resolution, world.graph, world.options()).ok());
  CHECK(world.meshes.calls == std::vector<std::string>{"install linkerd", "remove linkerd"});
}

TEST_CASE("Add-ons that do not need each other are installed at the same time") {
  World world(
      "services:\n  g: {type: Grafana}\n  j: {type: Jaeger}\n  p: {type: Prometheus}\n"
      "  after: {type: ConfigMap, dependsOn: [j]}\n");
  world.target.abreast = 3;
  world.meshes.together = 3;
  world.meshes.broken = "jaeger";
  const auto report = world.apply();
  CHECK(world.outcomes(report) == "g:done j:failed p:done after:withheld ");
  CHECK(report.services[1].text == "jaeger cannot be installed");
  world.meshes.broken.clear();
  CHECK(world.outcomes(world.apply()) == "g:unchanged j:done p:unchanged after:done ");
}

TEST_CASE("An add-on that is there already is waited for all the same") {
  World world("services:\n  g: {type: Grafana}\n  after: {type: ConfigMap, dependsOn: [g]}\n");
  world.apply();
  const auto plan = world.plan();
  auto options = world.options();
  options.plan = &plan;
  world.meshes.slow = "grafana";
  const auto report = pattern::apply(world.target, world.resolution, world.graph, options).value();
  CHECK(report.code == base::ExitCode::timeout);
  CHECK(world.outcomes(report) == "g:failed after:withheld ");
}

TEST_CASE("What another pattern has is refused, named, and taken over only when forced") {
  World world("services:\n  a: {type: ConfigMap}\n  b: {type: ConfigMap}\n");
  world.apply();
  world.target.inventory = {"other", "default"};
  world.read("services:\n  a: {type: ConfigMap}\n  c: {type: ConfigMap}\n");
  const auto plan = world.plan();
  REQUIRE(plan.services[0].refused.size() == 1);
  CHECK(plan.services[0].refused[0].ref.text() == "ConfigMap default/a");
  CHECK(plan.services[0].refused[0].why == "belongs to pattern seed");
  CHECK(plan.services[0].refused[0].remedy.find("--force-conflicts") != std::string::npos);
  CHECK(plan.services[1].refused.empty());
  CHECK(plan.obstacle() == base::ExitCode::cluster);

  const auto report = world.apply();
  CHECK(world.outcomes(report) == "a:failed c:done ");
  CHECK(report.services[0].text == "ConfigMap default/a belongs to pattern seed");
  const auto owner = [&world] {
    const auto* object = world.cluster.find("ConfigMap", "default", "a");
    return std::string(kube::label_of(*object, pattern::kMemberLabel));
  };
  CHECK(owner() == pattern::Inventory{"seed", "default"}.id());

  world.force = true;
  CHECK(!world.plan().obstacle().has_value());
  CHECK(world.apply().complete());
  CHECK(owner() == world.target.inventory.id());
}

TEST_CASE("An ApplySet of another tool is named as far as it is known") {
  World world("services:\n  a: {type: ConfigMap}\n");
  const auto owned_by = [&world](const std::string& id) {
    world.cluster.add(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: default, labels: "
        "{applyset.kubernetes.io/part-of: " +
        id + "}}\n");
    return world.plan().services[0].refused.at(0).why;
  };
  world.cluster.add(
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: site, namespace: tools, labels: "
      "{applyset.kubernetes.io/id: set-1}}\n");
  CHECK(owned_by("set-1") == "belongs to ApplySet tools/site");
  CHECK(owned_by("set-2") == "belongs to another ApplySet, set-2");
}
