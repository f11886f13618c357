#include "lib/base/file.h"
#include "lib/kube/bench_contract.h"
#include "lib/kube/compare.h"
#include "lib/kube/errors.h"

using namespace weft;
using namespace weft::kube;
using namespace std::chrono_literals;
using contract::Bench;
using contract::must;

namespace {

const char* const kMap = R"(
apiVersion: v1
kind: ConfigMap
metadata: {name: a, labels: {app: x}}
data: {k: "1"}
)";

Failure failure_with(proc::Runner& runner, KubectlOptions options) {
  Kubectl cluster(runner, std::move(options));
  const auto listed = cluster.list({.resource = "namespaces"});
  REQUIRE_FALSE(listed.ok());
  CHECK(listed.error().code == base::ExitCode::cluster);
  INFO(listed.error().cause);
  return failure_of(listed.error());
}

}  // namespace

TEST_CASE("kubectl and server say their versions") {
  NEEDS_CLUSTER();
  Bench bench;
  const auto kubectl = must(find_kubectl(bench.runner(), bench.options().program, nullptr));
  CHECK(kubectl->version.major == 1);
  CHECK(must(bench.cluster().server())->version.minor >= 25);
  CHECK(*must(bench.cluster().raw("/readyz")) == "ok");
}

TEST_CASE("objects are applied, found, changed and removed") {
  NEEDS_CLUSTER();
  Bench bench;
  Kubectl& cluster = bench.cluster();
  must(bench.apply(kMap));
  const Ref ref = make_ref("v1", "ConfigMap", bench.ns, "a");
  const Ref none = make_ref("v1", "ConfigMap", bench.ns, "none");
  const Ref foreign = make_ref("nowhere.test/v1", "Foo", bench.ns, "f");

  CHECK(must(cluster.get(ref))->has_value());
  CHECK_FALSE(must(cluster.get(none))->has_value());
  CHECK_FALSE(must(cluster.get(foreign))->has_value());
  const auto each = must(cluster.get_each({none, foreign, ref}));
  CHECK(each->at(2).has_value());
  CHECK_FALSE(each->at(0).has_value());

  must(cluster.label(ref, {{"app", std::nullopt}, {"new", "yes"}}));
  const auto labelled = must(cluster.get(ref));
  CHECK(label_of(**labelled, "app").empty());
  CHECK(label_of(**labelled, "new") == "yes");

  must(cluster.remove({ref, none, foreign}, {.wait = true, .timeout = 60s}));
  CHECK_FALSE(must(cluster.get(ref))->has_value());
}

TEST_CASE("a field of another manager is a conflict until it is forced") {
  NEEDS_CLUSTER();
  Bench bench;
  must(bench.apply(kMap));
  auto objects = *must(read_objects(doc::Source("test", kMap)));
  fill_namespace(objects, bench.ns);
  objects[0].find("data")->set("k", "2");
  const auto refused = bench.cluster().apply(objects, {});
  REQUIRE_FALSE(refused.ok());
  INFO(refused.error().cause);
  CHECK(failure_of(refused.error()) == Failure::conflict);
  const auto conflicts = conflicts_in(refused.error().cause);
  REQUIRE(conflicts.size() == 1);
  CHECK(conflicts[0].manager == "somebody");
  CHECK(conflicts[0].fields == std::vector<std::string>{".data.k"});

  const auto tried = must(bench.cluster().apply(objects, {.force = true, .dry_run = true}));
  CHECK(text_at(tried->at(0), {"data", "k"}) == "2");
  CHECK(compare(objects[0], *must(bench.cluster().get(ref_of(objects[0])))).fields.size() == 1);
  must(bench.cluster().apply(objects, {.force = true}));
  CHECK(compare(objects[0], *must(bench.cluster().get(ref_of(objects[0])))).fields.empty());
}

TEST_CASE("long lists come whole, of one or of all namespaces") {
  NEEDS_CLUSTER();
  Bench bench;
  std::string many;
  for (int i = 0; i < 30; ++i)
    many += "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: m" + std::to_string(i) +
            ", labels: {group: many}}\n";
  must(bench.apply(many));
  Query query{.resource = "configmaps", .ns = bench.ns, .selector = "group=many"};
  CHECK(must(bench.cluster().list(query))->size() == 30);
  query.ns.clear();
  CHECK(must(bench.cluster().list(query))->size() >= 30);
  CHECK(
      must(bench.cluster().list({.resource = "pods,events", .ns = "no-such-namespace"}))->empty());
  const auto unknown = bench.cluster().list({.resource = "foos.nowhere.test"});
  REQUIRE_FALSE(unknown.ok());
  CHECK(failure_of(unknown.error()) == Failure::no_such_kind);
}

TEST_CASE("rights are asked for many at a time") {
  NEEDS_CLUSTER();
  Bench bench;
  const auto answers = must(bench.cluster().may(
      {{.verb = "create", .group = "apps", .resource = "deployments", .ns = bench.ns},
       {.verb = "delete", .resource = "namespaces"}}));
  CHECK(*answers == std::vector<bool>{true, true});
}

TEST_CASE("a restart makes a new revision of a workload") {
  NEEDS_CLUSTER();
  Bench bench;
  must(bench.helm().upgrade(bench.demo("{}")));
  const Ref ref = bench.deployment("demo");
  const auto before = int_at(**must(bench.cluster().get(ref)), {"metadata", "generation"});
  must(bench.cluster().restart(ref, base::system_clock().wall()));
  CHECK(int_at(**must(bench.cluster().get(ref)), {"metadata", "generation"}) == before + 1);
}

TEST_CASE("what the API server refuses falls into its class") {
  NEEDS_CLUSTER();
  Bench bench;
  const auto refused = [&bench](const std::string& yaml) {
    const auto applied = bench.apply(yaml);
    REQUIRE_FALSE(applied.ok());
    INFO(applied.error().cause);
    return failure_of(applied.error());
  };
  CHECK(refused("apiVersion: nowhere.test/v1\nkind: Foo\nmetadata: {name: x}") ==
        Failure::no_such_kind);
  CHECK(refused("apiVersion: v1\nkind: Service\nmetadata: {name: x}\nspec: {}") ==
        Failure::invalid);
  CHECK(refused("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata: {a: 1}") ==
        Failure::invalid);
  CHECK(refused("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x, namespace: no-such}") ==
        Failure::namespace_missing);
  must(
      bench.apply("apiVersion: v1\nkind: ResourceQuota\nmetadata: {name: tight}\nspec: {hard: "
                  "{count/secrets: \"0\"}}"));
  base::Result<Objects> quota = bench.apply("apiVersion: v1\nkind: Secret\nmetadata: {name: x}");
  for (int i = 0; i < 50 && quota.ok(); ++i) {  // the quota controller has to see it first
    must(bench.cluster().remove({make_ref("v1", "Secret", bench.ns, "x")}, {.wait = true}));
    quota = bench.apply("apiVersion: v1\nkind: Secret\nmetadata: {name: x}");
  }
  REQUIRE_FALSE(quota.ok());
  CHECK(failure_of(quota.error()) == Failure::quota);
}

TEST_CASE("a cluster that cannot be talked to is told from one that does not exist") {
  NEEDS_CLUSTER();
  Bench bench;
  KubectlOptions wrong = bench.options();
  wrong.context = "no-such-context";
  CHECK(failure_with(bench.runner(), wrong) == Failure::no_context);
  wrong = bench.options();
  wrong.kubeconfig = "/no/such/file";
  CHECK(failure_with(bench.runner(), wrong) == Failure::no_context);

  testkit::TempDir folder;
  const std::string path = folder.path() + "/kubeconfig";
  const auto write = [&path](const std::string& server, const std::string& user) {
    must(base::write_file(path,
                          "apiVersion: v1\nkind: Config\ncurrent-context: c\nclusters: [{name: c, "
                          "cluster: {server: \"" +
                              server +
                              "\", insecure-skip-tls-verify: true}}]\nusers: [{name: u, "
                              "user: " +
                              user +
                              "}]\ncontexts: [{name: c, context: {cluster: c, user: u}}]\n"));
  };
  wrong.kubeconfig = path;
  write("https://127.0.0.1:1", "{token: nonsense}");
  CHECK(failure_with(bench.runner(), wrong) == Failure::unreachable);
  const auto config =
      must(bench.runner().run({.argv = {bench.options().program, "config", "view", "--raw", "-o",
                                        "jsonpath={.clusters[0].cluster.server}", "--kubeconfig",
                                        bench.options().kubeconfig}}));
  write(config->out, "{token: nonsense}");
  CHECK(failure_with(bench.runner(), wrong) == Failure::unauthorised);
}
