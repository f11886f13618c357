#include "lib/smp/smp_write.h"

#include <catch2/catch.hpp>

#include "lib/doc/read.h"
#include "lib/doc/write.h"
#include "lib/smp/profile.h"
#include "lib/smp/sample_run.h"
#include "lib/smp/smp_read.h"

namespace weft::smp {
namespace {

doc::Document reread(const std::string& text) {
  auto document = doc::read(doc::Source("written", text));
  if (!document.ok()) FAIL(document.error().message << " in\n" << text);
  return *document;
}

Run run_of(const std::string& text) {
  auto run = read_smp_result(reread(text));
  if (!run.ok()) FAIL(run.error().message << " in\n" << text);
  return *std::move(run);
}

void check_result(const Run& copy, const Run& run) {
  CHECK(copy.id == run.id);
  CHECK(copy.name == run.name);
  CHECK(copy.labels == run.labels);
  CHECK(copy.started == run.started);
  CHECK(copy.ended == run.ended);
  CHECK(copy.interrupted == run.interrupted);
  CHECK(copy.actual_qps == run.actual_qps);
  for (const double p : {50.0, 75.0, 90.0, 95.0, 99.0, 99.9})
    CHECK(copy.latency.percentile_ms(p) == run.latency.percentile_ms(p));
  CHECK(copy.latency.min_ms == run.latency.min_ms);
  CHECK(copy.latency.mean_ms == run.latency.mean_ms);
  CHECK(copy.latency.stddev_ms == run.latency.stddev_ms);
  CHECK(copy.counts.completed == run.counts.completed);
  CHECK(copy.counts.planned == run.counts.planned);
  CHECK(copy.counts.errors == run.counts.errors);
  CHECK(copy.counts.statuses == run.counts.statuses);
  CHECK(copy.counts.bytes_received == run.counts.bytes_received);
  CHECK(copy.setup.urls == run.setup.urls);
  CHECK(copy.setup.requested_qps == run.setup.requested_qps);
  CHECK(copy.setup.connections == run.setup.connections);
  CHECK(copy.setup.duration == run.setup.duration);
  CHECK(copy.setup.protocol == run.setup.protocol);
  CHECK(copy.setup.load_generator == run.setup.load_generator);
  CHECK(copy.setup.omission == run.setup.omission);
  CHECK(copy.setup.loop == run.setup.loop);
  CHECK(copy.generator.verdict == run.generator.verdict);
  CHECK(copy.test_id == run.test_id);
  CHECK(copy.details_uri == run.details_uri);
}

}  // namespace

TEST_CASE("a result survives SMP as YAML and as protojson") {
  const Run run = sample_run();
  const Run yaml = run_of(doc::write_yaml(smp_result(run)));
  CHECK(yaml.origin.dialect == "D1");
  check_result(yaml, run);
  const Run json = run_of(doc::write_json(to_protojson(smp_result(run))));
  CHECK(json.origin.dialect == "D2");
  check_result(json, run);
}

TEST_CASE("a bundle carries environment, mesh and resources too") {
  const Run run = sample_run();
  for (const doc::Value& bundle : {smp_bundle(run), to_protojson(smp_bundle(run))}) {
    const Run copy = run_of(doc::write_json(bundle));
    check_result(copy, run);
    CHECK(copy.mesh.type == "istio");
    CHECK(copy.mesh.version == "1.20.3");
    CHECK(copy.environment.kubernetes_version == "v1.29.2");
    CHECK(copy.environment.nodes.size() == 2);
    CHECK(copy.environment.facts == run.environment.facts);
    CHECK(copy.resources.at("cp").mem_mb == 150);
  }
}

TEST_CASE("the roots refer to each other by id") {
  Run run = sample_run();
  run.test_id = run.mesh_config_id = run.env_id = "";
  const doc::Value result = smp_result(run);
  CHECK(*result.find("test_id") == *smp_test_config(run).find("id"));
  CHECK(*result.find("mesh_config_id") == *smp_mesh_config(run).find("id"));
  CHECK(*result.find("env_id") == *smp_environment(run).find("id"));
}

TEST_CASE("what is not known is left out of a result") {
  Run run;
  run.id = "r";
  CHECK(doc::write_json(smp_result(run), 0) ==
        "{\"smp_version\":\"v0.6.1\",\"id\":\"r\",\"labels\":{\"weft.coordinated_omission\":"
        "\"unknown\"},"
        "\"latencies_ms\":{},\"test_id\":\"r-test\"}\n");
}

TEST_CASE("the wire form has camel case and 64-bit integers as text, labels untouched") {
  Run run = sample_run();
  run.labels = {{"my_label", "x"}};
  const doc::Value json = to_protojson(smp_bundle(run));
  const doc::Value& client = json.find("test")->find("clients")->items()[0];
  CHECK(client.find("rps")->string() == "1000");
  CHECK(client.find("connections")->integer() == 16);
  CHECK(client.find("protocol")->string() == "PROTOCOL_HTTP");
  CHECK(json.find("environment")->find("nodes")->items()[0].find("memMb")->string() == "16384");
  CHECK(json.find("mesh")->find("meshType")->find("type")->string() == "ISTIO");
  CHECK(json.find("mesh")->find("meshControlPlane")->find("memMb")->integer() == 150);
  CHECK(json.find("result")->find("labels")->find("my_label") != nullptr);
  CHECK(json.find("result")->find("latenciesMs")->find("p50")->is_number());
}

TEST_CASE("an exported test definition is a profile that can be run again") {
  Run run = sample_run();
  doc::Value wrapper;
  wrapper.set("test", smp_test_config(run)).set("mesh", smp_mesh_config(run));
  const auto profile = read_profile(reread(doc::write_yaml(wrapper)));
  REQUIRE(profile.ok());
  CHECK(profile->name == run.name);
  CHECK(profile->clients[0].rps == 1000);
  CHECK(profile->clients[0].urls == run.setup.urls);
  CHECK(profile->duration == run.setup.duration);
  CHECK(profile->mesh.type == "istio");
  run.setup.unthrottled = true;
  CHECK(smp_test_config(run).find("clients")->items()[0].find("rps")->integer() == 0);
}

TEST_CASE("credentials of a URL do not travel") {
  Run run = sample_run();
  run.setup.urls = {"http://user:secret@host/"};
  CHECK(doc::write_json(smp_bundle(run)).find("secret") == std::string::npos);
}

}  // namespace weft::smp
