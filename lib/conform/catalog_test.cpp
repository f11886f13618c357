#include "lib/conform/catalog.h"

#include <array>
#include <catch2/catch.hpp>
#include <set>

#include "lib/base/file.h"
#include "lib/testkit/temp_dir.h"

using namespace weft::conform;
using Catch::Contains;

namespace {

SuiteSpec suite_of_two() {
  SuiteSpec out;
  out.fixture.apps = {{.name = "app-a"}, {.name = "app-b"}, {.name = "app-c", .space = "consumer"}};
  TestSpec test;
  test.steps = {{ServiceStep{"one", {"app-b", "app-a"}, {80, 8080}, false}, {}},
                {ServiceStep{"two", {"app-b"}, {9091}, true}, {}}};
  out.tests = {std::move(test)};
  return out;
}

std::string text(const weft::kube::Object& object, std::initializer_list<std::string_view> path) {
  return std::string(weft::kube::text_at(object, path));
}

}  // namespace

TEST_CASE("a service selects its applications, whatever their order") {
  const SuiteSpec suite = suite_of_two();
  CHECK(set_label(suite, {"app-a", "app-b"}) == set_label(suite, {"app-b", "app-a"}));
  CHECK(set_label(suite, {"app-a", "app-b"}) != set_label(suite, {"app-b"}));
  const auto& step = std::get<ServiceStep>(suite.tests[0].steps[0].action);
  const auto service = service_object(suite, step, "ns");
  const auto ports = weft::kube::list_at(service, {"spec", "ports"});
  REQUIRE(ports.size() == 2);
  CHECK(weft::kube::int_at(ports[1], {"port"}) == 8080);
  CHECK(weft::kube::int_at(ports[1], {"targetPort"}) == 9091);
  CHECK(text(ports[0], {"name"}) != text(ports[1], {"name"}));
  const auto* selector = weft::kube::at(service, {"spec", "selector"});
  for (const char* app : {"app-a", "app-b"})
    CHECK(pod_labels(suite, *suite.fixture.find(app)).contains(selector->members()[0].key));
  CHECK_FALSE(pod_labels(suite, *suite.fixture.find("app-c")).contains(selector->members()[0].key));
}

TEST_CASE("a headless service has no address of its own") {
  const SuiteSpec suite = suite_of_two();
  const auto& step = std::get<ServiceStep>(suite.tests[0].steps[1].action);
  CHECK(text(service_object(suite, step, "ns"), {"spec", "clusterIP"}) == "None");
}

TEST_CASE("an application may stand in a namespace of its own, which is made first") {
  const auto objects = fixture_objects(suite_of_two(), "run", "weft:1");
  REQUIRE(objects.ok());
  std::set<std::string> made;
  for (const auto& object : *objects) {
    const auto ref = weft::kube::ref_of(object);
    if (ref.kind == "Namespace")
      made.insert(ref.name);
    else
      CHECK(made.contains(ref.ns));
    if (ref.kind == "Deployment") CHECK((ref.ns == "run-consumer") == (ref.name == "app-c"));
  }
  CHECK(made == std::set<std::string>{"run", "run-consumer"});
}

TEST_CASE("a suite in a file has its own templates before the shipped ones") {
  const weft::testkit::TempDir dir;
  const std::string folder = dir.path() + "/templates";
  REQUIRE(weft::base::write_file(folder + "/trafficsplit-v1alpha4.yaml", "kind: Mine\n").ok());
  const auto templates = Templates::beside(folder);
  REQUIRE(templates.ok());
  CHECK(text(templates->find("trafficsplit-v1alpha4")->root, {"kind"}) == "Mine");
  CHECK(text(templates->find("trafficsplit-v1alpha3")->root, {"kind"}) == "TrafficSplit");
  CHECK(templates->find("trafficsplit-v9") == nullptr);
}

TEST_CASE("a template that is missing is told with what was meant") {
  const auto rendered = render({}, {"trafficsplt", "v1alpha4", "x", "ns", {}});
  REQUIRE_FALSE(rendered.ok());
  CHECK_THAT(rendered.error().message, Contains("did you mean trafficsplit-v1alpha4"));
}

TEST_CASE("every mesh test of the Gateway API's own suite is there by its name") {
  std::set<std::string> ids;
  for (const char* suite : {"gateway-mesh-http", "gateway-mesh-grpc"})
    for (const TestSpec& test : read_suite(open_suite(suite)->document).suite.tests)
      ids.insert(test.id);
  constexpr std::array<const char*, 23> kUpstream = {"MeshBasic",
                                                     "MeshTrafficSplit",
                                                     "MeshHTTPRouteSimpleSameNamespace",
                                                     "MeshHTTPRouteMatching",
                                                     "MeshHTTPRouteWeight",
                                                     "MeshHTTPRouteRequestHeaderModifier",
                                                     "MeshHTTPRouteRedirectHostAndStatus",
                                                     "MeshHTTPRouteBackendRequestHeaderModifier",
                                                     "MeshHTTPRouteQueryParamMatching",
                                                     "MeshHTTPRouteRedirectPath",
                                                     "MeshHTTPRouteRedirectPort",
                                                     "MeshHTTPRouteSchemeRedirect",
                                                     "MeshHTTPRouteRewritePath",
                                                     "MeshHTTPRouteNamedRule",
                                                     "MeshHTTPRoute303Redirect",
                                                     "MeshHTTPRoute307Redirect",
                                                     "MeshHTTPRoute308Redirect",
                                                     "MeshFrontend",
                                                     "MeshFrontendHostname",
                                                     "MeshPorts",
                                                     "MeshConsumerRoute",
                                                     "MeshGRPCRouteWeight",
                                                     "MeshGRPCRouteRequestHeaderModifier"};
  for (const char* name : kUpstream) CHECK(ids.contains(name));
}
