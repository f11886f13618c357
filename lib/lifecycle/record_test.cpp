#include "lib/lifecycle/record.h"

#include <catch2/catch.hpp>

#include "lib/doc/read.h"
#include "lib/doc/write.h"

using namespace weft;
using namespace weft::lifecycle;
using namespace weft::lifecycle;

namespace {

const base::WallTime kNoon{std::chrono::seconds(1'700'000'000)};

Record sample() {
  Record record{.mesh = "istio", .mode = "ambient", .version = "1.30.3", .weft = "0.1.0"};
  record.features = {"ha"};
  record.values.set("pilot", doc::Value().set("replicas", 2));
  record.namespaces = {"istio-system"};
  record.crds = {{"gateways.networking.istio.io", false}, {"a.b.io", true}};
  record.objects = {kube::make_ref("apps/v1", "Deployment", "nsm", "registry")};
  record.onboarded = {"shop"};
  begin(record,
        {.id = "op1", .verb = "install", .to = "1.30.3", .started = kNoon, .step = "istiod"});
  put_step(record, {"istiod", "istio-system", "istiod", "1.30.3", "ab", "cd", 2, "deployed"});
  return record;
}

}  // namespace

TEST_CASE("A record survives the way through its ConfigMap") {
  Record record = sample();
  end(record, Phase::failed, kNoon + std::chrono::seconds(5), "webhook");
  const doc::Value object = to_config_map(record, "istio-system");
  CHECK(object.find("metadata")->find("name")->string() == "weft-install-istio");
  CHECK(object.find("metadata")->find("labels")->find("weft.dev/record")->string() == "install");
  const auto back = from_config_map(object);
  REQUIRE(back.ok());
  CHECK(doc::write_json(to_document(*back)) == doc::write_json(to_document(record)));
  CHECK(back->op.phase == Phase::failed);
  CHECK(back->crds[1].existed_before);
}

TEST_CASE("A finished operation moves into the history, ten are kept") {
  Record record = sample();
  for (int i = 0; i < 15; ++i) {
    end(record, Phase::done, kNoon);
    begin(record, {.id = "next" + std::to_string(i), .verb = "upgrade", .started = kNoon});
  }
  CHECK(record.op.id == "next14");
  REQUIRE(record.history.size() == kHistory);
  CHECK(record.history.front().id == "next13");
}

TEST_CASE("A step is recorded once, the newest state wins") {
  Record record = sample();
  put_step(record, {"istiod", "istio-system", "istiod", "1.31.0", "ef", "cd", 3, "deployed"});
  REQUIRE(record.steps.size() == 1);
  CHECK(find_step(record, "istiod", "istio-system")->revision == 3);
  CHECK(find_step(record, "istiod", "elsewhere") == nullptr);
}

TEST_CASE("A damaged record is an error that names the ConfigMap") {
  doc::Value object = to_config_map(sample(), "istio-system");
  object.find("data")->set("record.json", "{\"schema\": 1");
  const auto broken = from_config_map(object);
  REQUIRE(!broken.ok());
  CHECK(broken.error().where.source.find("istio-system/weft-install-istio") != std::string::npos);
  object.find("data")->set("record.json", "{\"schema\": 2, \"mesh\": \"istio\"}");
  CHECK(!from_config_map(object).ok());
  CHECK(!from_config_map(doc::Value()).ok());
}
