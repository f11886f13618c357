#include "lib/perf/pods.h"

#include <catch2/catch.hpp>
#include <map>

#include "lib/base/file.h"
#include "lib/base/format.h"
#include "lib/doc/write.h"
#include "lib/testkit/fake_cluster.h"
#include "lib/testkit/temp_dir.h"

namespace weft::perf {
namespace {

using namespace std::chrono_literals;

class StillClock : public base::Clock {
 public:
  base::WallTime wall() const override { return base::WallTime(now); }
  base::MonoTime monotonic() const override { return base::MonoTime(now); }
  base::Nanoseconds now = 1000s;
};

// Pods come with their Job, are ready at once, and give their result when told to start.
class PodCluster : public testkit::FakeCluster {
 public:
  explicit PodCluster(const PodWorkers& workers) : workers_(workers) {}
  std::string status = "{ready: true, state: {running: {}}}";
  std::map<unsigned, std::string> says;  // instead of a result
  std::map<unsigned, std::string> ends;  // status from then on
  std::vector<std::string> orders;
  std::vector<std::int64_t> deadlines;  // of the Job, as they were moved

  base::Result<kube::Objects> apply(const kube::Objects& objects, const kube::Apply& how) override {
    for (unsigned i = 0; i < workers_.count; ++i) put(i, status);
    for (unsigned i = 0; i < workers_.count; ++i)
      answer(log(i), "hello\n" + write_frame(ready_message(i, base::WallTime(1000s))));
    return FakeCluster::apply(objects, how);
  }
  base::Result<void> patch(const kube::Ref& ref, kube::PatchType type,
                           const doc::Value& patch) override {
    if (ref.kind == "Pod") {
      orders.emplace_back(kube::annotation_of(patch, kOrdersAnnotation));
      const auto index = static_cast<unsigned>(ref.name.back() - '0');
      answer(log(index), says.contains(index) ? says[index] : write_frame(result(index)));
      if (ends.contains(index)) put(index, ends[index]);
    }
    if (ref.kind == "Job")
      deadlines.push_back(kube::int_at(patch, {"spec", "activeDeadlineSeconds"}));
    return FakeCluster::patch(ref, type, patch);
  }

 private:
  static Message result(unsigned index) {
    smp::Run run;
    run.id = fmt::format("id-{}", index);
    run.counts.completed = index;
    return result_message(index, run);
  }
  std::string log(unsigned index) const {
    return fmt::format("/api/v1/namespaces/{}/pods/w-{}/log?container=load&tailLines=1000",
                       workers_.ns, index);
  }
  void put(unsigned index, const std::string& state) {
    add(
        fmt::format("{{apiVersion: v1, kind: Pod, metadata: {{name: w-{}, namespace: {}, "
                    "labels: {{weft.dev/load: {}}}, annotations: "
                    "{{batch.kubernetes.io/job-completion-index: '{}'}}}}, "
                    "status: {{containerStatuses: [{{name: load, {}]}}}}",
                    index, workers_.ns, workers_.id, index, state.substr(1)));
  }
  const PodWorkers& workers_;
};

struct Fixture {
  PodWorkers workers{.id = "x", .ns = "load", .count = 2, .image = "weft:1", .owner = "b/1/2"};
  PodCluster cluster{workers};
  StillClock clock;
  base::StopFlag stop;
  load::Plan plan;
  std::vector<std::string> told;

  base::Result<Crew> run() {
    plan.duration = 10s;
    return run_pods({.cluster = cluster,
                     .workers = workers,
                     .plan = plan,
                     .clock = clock,
                     .stop = stop,
                     .tell = [this](std::string_view text) { told.emplace_back(text); },
                     .calls = 1,
                     .sleep = [this](base::Nanoseconds time) { clock.now += time; },
                     .root = "/nowhere"});
  }
  bool clean() {
    return cluster.find("Job", "load", "weft-load-x") == nullptr &&
           cluster.find("Secret", "load", "weft-load-x") == nullptr;
  }
};

TEST_CASE("the Job may live for a minute, which is moved on as long as somebody leads") {
  Fixture fixture;
  fixture.cluster.says[1] = "nothing yet";
  const auto objects = worker_objects(fixture.workers);
  REQUIRE(objects.ok());
  CHECK(kube::int_at(objects->back(), {"spec", "activeDeadlineSeconds"}) == 60);
  REQUIRE(fixture.run().ok());
  // 7 s to the start, 10 s of load, 10 s of time-out, 20 s for results.
  CHECK(fixture.cluster.deadlines == std::vector<std::int64_t>{75, 90, 105});
}

TEST_CASE("pods are told one moment to start, give their results, and are taken away") {
  Fixture fixture;
  fixture.workers.files = {{"body-file", "hello"}};
  const auto crew = fixture.run();
  REQUIRE(crew.ok());
  CHECK(crew->members()[0].run);
  CHECK(crew->members()[1].run->counts.completed == 1);
  REQUIRE(fixture.cluster.orders.size() == 2);
  CHECK(fixture.cluster.orders[0] == "start 1007000000000");
  CHECK(fixture.cluster.orders[1] == fixture.cluster.orders[0]);
  CHECK(crew->problems().empty());
  CHECK(fixture.clean());
}

TEST_CASE("a pod that dies during the run is missing, and one whose log is cut says so") {
  Fixture fixture;
  fixture.workers.count = 3;
  fixture.cluster.says = {{1, ""}, {2, "weft-frame/1 result 2 3/4"}};
  const std::string killed =
      "{ready: false, state: {terminated: {exitCode: 137, reason: OOMKilled}}}";
  fixture.cluster.ends = {{1, killed}, {2, killed}};
  const auto crew = fixture.run();
  REQUIRE(crew.ok());
  CHECK(crew->members()[0].run);
  CHECK(crew->members()[1].gone == "its container ended with code 137 (OOMKilled)");
  CHECK(crew->members()[2].gone == "a line of 25 bytes is cut or damaged");
  CHECK(fixture.clean());
}

TEST_CASE("a result that does not come is not waited for for ever") {
  Fixture fixture;
  fixture.cluster.says = {{1, ""}};
  const auto crew = fixture.run();
  REQUIRE(crew.ok());
  CHECK_FALSE(crew->members()[1].settled());
  CHECK(fixture.clean());
}

TEST_CASE("pods that do not start are an error with the cause and a remedy") {
  Fixture fixture;
  fixture.cluster.status =
      "{ready: false, state: {waiting: {reason: ErrImagePull, message: not found}}}";
  const auto error = fixture.run().error();
  CHECK(error.code == base::ExitCode::timeout);
  CHECK(error.message == "worker 1 does not start: ErrImagePull: not found");
  CHECK(error.remedy == "bring weft:1 to the nodes (weft image export), or name it by --image");
  CHECK(fixture.clean());
}

TEST_CASE("who may not run workers is told which rights are missing") {
  Fixture fixture;
  fixture.cluster.deny({"create", "batch", "jobs", "load"});
  const auto error = fixture.run().error();
  CHECK(error.code == base::ExitCode::cluster);
  CHECK(error.message == "workers cannot be run in namespace load: you may not create jobs");
  CHECK(fixture.cluster.calls().empty());
}

TEST_CASE("a request to stop before the start leaves nothing behind") {
  Fixture fixture;
  fixture.stop.request();
  CHECK(fixture.run().error().code == base::ExitCode::interrupted);
  CHECK(fixture.clean());
}

TEST_CASE("only what a dead process of this machine has left is removed") {
  testkit::TempDir root;
  const auto put = [&](const std::string& path, const std::string& text) {
    REQUIRE(base::write_file(root.path() + path, text).ok());
  };
  put("/proc/sys/kernel/random/boot_id", "boot-1\n");
  put("/proc/7/stat", "7 (we ft) S 1 1 1 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 4711 1 1");
  CHECK(process_name(root.path(), 7) == "boot-1/7/4711");
  CHECK_FALSE(is_gone(root.path(), "boot-1/7/4711"));
  CHECK(is_gone(root.path(), "boot-1/7/4710"));
  CHECK(is_gone(root.path(), "boot-1/8/1"));
  CHECK_FALSE(is_gone(root.path(), "boot-2/8/1"));
  CHECK_FALSE(is_gone(root.path(), ""));
  testkit::FakeCluster cluster;
  for (const auto& [name, owner] :
       {std::pair{"alive", "boot-1/7/4711"}, std::pair{"dead", "boot-1/8/1"},
        std::pair{"elsewhere", "boot-2/8/1"}})
    cluster.add(fmt::format(
        "{{apiVersion: batch/v1, kind: Job, metadata: {{name: {}, namespace: load, labels: "
        "{{app.kubernetes.io/managed-by: weft, weft.dev/load: x}}, annotations: {{weft.dev/owner: "
        "{}}}}}}}",
        name, owner));
  const auto removed = remove_leftovers(cluster, "load", root.path());
  REQUIRE(removed.ok());
  CHECK(*removed == 1);
  CHECK(cluster.find("Job", "load", "dead") == nullptr);
  CHECK(cluster.size() == 2);
}

TEST_CASE("the pods of a Job get their files, their nodes and what they may use") {
  PodWorkers workers{.id = "x",
                     .ns = "load",
                     .count = 4,
                     .image = "weft:1",
                     .arguments = {"perf", "worker", "http://a/$(HOME)"},
                     .files = {{"body-file", "hi"}, {"variable-0", "hunter2"}},
                     .variables = {{"TOKEN", "variable-0"}},
                     .nodes = {"n1"},
                     .labels = {{"mesh", "in"}},
                     .cpu = "2",
                     .memory = "0"};
  const auto objects = worker_objects(workers);
  REQUIRE(objects.ok());
  REQUIRE(objects->size() == 2);
  CHECK(kube::text_at(objects->front(), {"data", "body-file"}) == "aGk=");
  const std::string job = doc::write_json(objects->back(), 0);
  for (const char* part : {"http://a/$$(HOME)", "$(JOB_COMPLETION_INDEX)/4", R"("completions":4)",
                           R"("secretName":"weft-load-x")", R"("limits":{"cpu":"2"})",
                           R"("mesh":"in")", R"("values":["n1"])",
                           R"("env":[{"name":"TOKEN","valueFrom":{"secretKeyRef":)"
                           R"({"name":"weft-load-x","key":"variable-0"}}}])"})
    CHECK_THAT(job, Catch::Contains(part));
  CHECK_THAT(job, !Catch::Contains("hunter2"));
  workers.files["body-file"] = std::string(1'000'001, 'x');
  CHECK(worker_objects(workers).error().code == base::ExitCode::input);
}

}  // namespace
}  // namespace weft::perf
