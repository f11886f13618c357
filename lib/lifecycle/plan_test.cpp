#include "lib/lifecycle/plan.h"

#include <catch2/catch.hpp>

#include "lib/doc/read.h"
#include "lib/doc/write.h"
#include "lib/lifecycle/plan_json.h"

using namespace weft;
using namespace weft::lifecycle;
using namespace weft::lifecycle;
using kube::Action;

namespace {

Plan sample() {
  Change image{Action::update, {"apps", "", "Deployment", "istio-system", "istiod"}};
  image.fields.push_back({"spec.replicas", "1", "2"});
  Change gone{Action::remove, {"", "", "ConfigMap", "istio-system", "old"}};
  gone.caution = "deletes an object";
  PlannedStep step{"istiod", "istio-system", StepAction::upgrade, "istiod", "1.30.3", "1.29.6"};
  step.digest = "ab12";
  step.values_sha256 = "cd34";
  step.crds = {
      {Action::create, {"apiextensions.k8s.io", "", "CustomResourceDefinition", "", "a.b.io"}}};
  step.objects = {image, gone};
  step.masked = 3;
  step.unknown = {"whether the webhook answers"};
  Plan plan{"upgrade", "istio", "ambient", "1.29.6", "1.30.3", "kind-a", "v1.34.1", "v4.1.4"};
  plan.steps = {step};
  plan.warnings = {"end of life in 2026-11"};
  plan.images = {"pilot:1.30.3"};
  return plan;
}

base::Result<Plan> read_text(const std::string& text) {
  WEFT_TRY(document, doc::read_json(doc::Source{"plan.json", text}));
  return read_plan(document);
}

}  // namespace

TEST_CASE("A plan read back from its document is the same plan") {
  const std::string text = doc::write_json(to_document(sample()));
  const auto back = read_text(text);
  REQUIRE(back.ok());
  CHECK(doc::write_json(to_document(*back)) == text);
  CHECK(difference(sample(), *back).empty());
}

TEST_CASE("A document that is no plan is refused with its place") {
  const auto other = read_text(R"({"schema": "weft.run/v1", "verb": "x", "mesh": "y"})");
  REQUIRE(!other.ok());
  CHECK(other.error().code == base::ExitCode::input);
  CHECK(other.error().where.line == 1);
  CHECK(!read_text(R"({"schema": "weft.plan/v1"})").ok());
  CHECK(!read_text(R"({"schema": "weft.plan/v1", "verb": "install", "mesh": "istio",
                       "steps": [{"release": "a", "action": "explode"}]})")
             .ok());
}

TEST_CASE("What differs between two plans is said in words") {
  const auto changed = [](auto change) {
    Plan plan = sample();
    change(plan);
    return difference(sample(), plan);
  };
  CHECK(changed([](Plan&) {}).empty());
  CHECK(changed([](Plan& p) { p.helm_version = "v3.17.1", p.warnings.clear(); }).empty());
  CHECK(changed([](Plan& p) { p.context = "kind-b"; }).find("kind-b") != std::string::npos);
  CHECK(changed([](Plan& p) { p.steps[0].digest = "ee"; }) ==
        "step istiod: the chart istiod has another content");
  CHECK(changed([](Plan& p) { p.steps[0].objects.pop_back(); }) ==
        "step istiod: delete of ConfigMap istio-system/old is no longer what would happen");
  CHECK(changed([](Plan& p) { p.steps[0].objects[0].fields[0].after = "3"; }) ==
        "step istiod: update of Deployment istio-system/istiod is not in the plan");
  CHECK(changed([](Plan& p) { p.steps.clear(); }) == "0 steps instead of 1");
}

TEST_CASE("A plan of unchanged steps changes nothing") {
  Plan plan = sample();
  CHECK(plan.changes_anything());
  plan.steps[0] = {"istiod", "istio-system", StepAction::unchanged};
  CHECK(!plan.changes_anything());
  plan.steps[0].crds = sample().steps[0].crds;
  CHECK(plan.changes_anything());
}

TEST_CASE("Changes are counted by what they do") {
  const ChangeCount counts = count(sample().steps[0].objects);
  CHECK(counts.updated == 1);
  CHECK(counts.removed == 1);
  CHECK(counts.created + counts.replaced == 0);
}
