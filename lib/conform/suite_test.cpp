#include "lib/conform/suite.h"

#include <array>
#include <catch2/catch.hpp>
#include <set>

#include "lib/conform/lint.h"
#include "lib/conform/names.h"
#include "lib/doc/read.h"
#include "lib/doc/write.h"

using namespace weft::conform;
using Catch::Contains;
using weft::doc::Value;

namespace {

constexpr std::string_view kHead = R"(apiVersion: weft.dev/v1
kind: ConformanceSuite
metadata: {name: mine, version: 1.0.0}
spec:
  standard: smi/traffic-split
  resources:
    - {id: split, group: split.smi-spec.io, kind: TrafficSplit, versions: [v1alpha4, v1alpha2]}
  fixture: {apps: [{name: app-a}, {name: app-b}, {name: app-c}]}
  tests:
)";

OpenSuite open(const std::string& text) {
  auto document = weft::doc::read({"mine.yaml", text});
  REQUIRE(document.ok());
  return {*std::move(document), {}, ""};
}

// A suite with one test of these steps, which begin in line 11.
std::string suite_of(std::string_view steps) {
  return std::string(kHead) +
         "    - {id: T-1, title: t, requires: {resources: [split]}, steps: [\n" +
         std::string(steps) + "\n]}\n";
}

std::string problem_of(const std::string& text) {
  const auto problems = lint(open(text));
  if (problems.empty()) return "";
  const auto& first = problems.front();
  return weft::base::Where{"", first.where.line, first.where.column, ""}.text() + " " +
         first.message;
}

std::string problem_of_steps(std::string_view steps) { return problem_of(suite_of(steps)); }

}  // namespace

TEST_CASE("nothing is wrong with the shipped suites") {
  CHECK(shipped_suites().size() >= 3);
  for (const std::string& name : shipped_suites()) {
    INFO(name);
    const auto opened = open_suite(name);
    REQUIRE(opened.ok());
    for (const auto& problem : lint(*opened)) FAIL_CHECK(problem.where.text() << problem.message);
    CHECK(read_suite(opened->document).suite.name == name);
  }
}

TEST_CASE("every step of a suite is read with the names of its test put in") {
  const auto reading = read_suite(
      open(
          suite_of("{service: {name: apex, selectApps: [app-b, app-c]}},"
                   "{apply: {id: split, vars: {root: $apex, backends: []}}},"
                   "{probe: {from: app-a, count: auto, request: {url: 'http://$apex:9091/${apex}x',"
                   " connection: 'pooled:4', timeout: 2s}, expect: {status: [200, 201],"
                   " distribution: {shares: {app-b: 0.75, app-c: 0.25}}}}},"
                   "{delete: {id: split}}"))
          .document);
  REQUIRE(reading.problems.empty());
  const auto& steps = reading.suite.tests.at(0).steps;
  REQUIRE(steps.size() == 4);
  CHECK(std::get<ServiceStep>(steps[0].action).name == "apex-t-1");
  CHECK(std::get<ApplyStep>(steps[1].action).vars.find("root")->string() == "apex-t-1");
  const auto& probe = std::get<ProbeStep>(steps[2].action);
  CHECK(probe.request.url == "http://apex-t-1:9091/apex-t-1x");
  CHECK(probe.request.connections == 4);
  CHECK(probe.count == 0);
  CHECK(probe.expect.status == std::vector<std::int64_t>{200, 201});
  CHECK(probe.expect.shares.at("app-b") == 0.75);
  CHECK(std::get<DeleteStep>(steps[3].action).name == "split-t-1");
}

TEST_CASE("mistakes in steps are found with their place and what was meant") {
  CHECK(problem_of_steps("{prob: {}}") == ":11:2 no step is called prob (did you mean probe?)");
  CHECK_THAT(problem_of_steps("{probe: {from: app-x, request: {url: 'http://a/'}}}"),
             Contains("names no application of the fixture: \"app-x\""));
  CHECK_THAT(problem_of_steps("{probe: {from: app-a, reqest: {url: 'http://a/'}}}"),
             Contains("request"));
  CHECK_THAT(problem_of_steps("{probe: {from: app-a, request: {url: 'http://$apx:1/'}}}"),
             Contains("nothing is called $apx"));
  CHECK_THAT(
      problem_of_steps("{probe: {from: app-a, request: {url: 'http://a/'}, count: 1000000000}}"),
      Contains("count is 1000000000"));
  CHECK_THAT(problem_of_steps("{probe: {from: app-a, request: {url: 'http://a/'}, count: auto}}"),
             Contains("auto without a distribution"));
  CHECK_THAT(problem_of_steps("{probe: {from: app-a, request: {url: 'ftp://a/'}}}"),
             Contains("probe.request.url"));
  CHECK_THAT(problem_of_steps("{delete: {id: splt}}"), Contains("was not applied before"));
  CHECK_THAT(problem_of_steps("{apply: {id: splt}}"), Contains("did you mean split?"));
  CHECK_THAT(problem_of_steps("{probe: {from: app-a, request: {url: 'http://a/'}, expect:"
                              " {distribution: {shares: {app-b: 0.5}}}}}"),
             Contains("shares come to 0.500"));
}

TEST_CASE("cases become probes of a common URL that expect what they send to arrive") {
  const auto reading = read_suite(
      open(suite_of("{cases: {from: app-a, url: 'http://app-b:9091', list: ["
                    "{path: '/echo/x?y=1', method: POST, expect: {backend: app-b}},"
                    "{path: /old, headers: {host: other}, expect: {requestSeen: {path: /new}}},"
                    "{path: /moved, expect: {status: 302}}]}}"))
          .document);
  REQUIRE(reading.problems.empty());
  const auto& steps = reading.suite.tests.at(0).steps;
  REQUIRE(steps.size() == 3);
  const auto& sent = std::get<ProbeStep>(steps[0].action);
  CHECK(sent.request.url == "http://app-b:9091/echo/x?y=1");
  CHECK(sent.expect.status == std::vector<std::int64_t>{200});
  CHECK(sent.expect.path == "/echo/x");
  CHECK(sent.expect.method == "POST");
  CHECK(sent.expect.host == "app-b:9091");
  const auto& changed = std::get<ProbeStep>(steps[1].action);
  CHECK(changed.expect.path == "/new");
  CHECK(changed.expect.host == "other");
  CHECK_FALSE(std::get<ProbeStep>(steps[2].action).expect.path);
}

TEST_CASE("steps that wait, scale, restart and run programs are bounded") {
  CHECK(problem_of_steps("{apply: {id: split, vars: {root: a, backends: []}}},"
                         "{wait: {id: split, conditions: {Accepted: 'True'}, within: 9s}},"
                         "{scale: {app: app-b, replicas: 0}}, {restart: {app: app-b}},"
                         "{script: {command: [date], timeout: 1s}}") == "");
  CHECK_THAT(problem_of_steps("{wait: {id: split, conditions: {Accepted: 'True'}}}"),
             Contains("wait.id \"split\" was not applied before"));
  CHECK_THAT(problem_of_steps("{apply: {id: split, vars: {root: a, backends: []}}},"
                              "{wait: {id: split}}"),
             Contains("wait.conditions are missing"));
  CHECK_THAT(problem_of_steps("{apply: {id: split, vars: {root: a, backends: []}}},"
                              "{wait: {id: split, conditions: {Accepted: yes please}}}"),
             Contains("wants Accepted to be"));
  CHECK_THAT(problem_of_steps("{apply: {id: split, vars: {root: a, backends: []}}},"
                              "{wait: {id: split, equals: {a: b}, within: 9h}}"),
             Contains("wait.within is \"9h\""));
  CHECK_THAT(problem_of_steps("{scale: {app: app-b, replicas: 100000}}"),
             Contains(":11:2 scale.replicas is 100000") || Contains("scale.replicas is 100000"));
  CHECK_THAT(problem_of_steps("{restart: {app: app-x}}"), Contains("names no application"));
  CHECK_THAT(problem_of_steps("{script: {command: []}}"), Contains("is no program"));
  CHECK_THAT(problem_of_steps("{script: {command: [sh, -c, '" + std::string(5000, 'x') + "']}}"),
             Contains("is no program"));
  CHECK_THAT(problem_of_steps("{script: {command: 'rm -rf /'}}"), Contains("script.command"));
  CHECK_THAT(problem_of_steps("{raw: {path: 'version'}}"), Contains("no path of the API server"));
}

TEST_CASE("a denial without a control is refused") {
  CHECK_THAT(problem_of_steps("{probe: {from: app-a, request: {url: 'http://app-b:1/'},"
                              " expect: {denied: true}}}"),
             Contains("probe.control is missing"));
}

TEST_CASE("what would be applied is held against the schemas of every version") {
  CHECK(problem_of_steps("{apply: {id: split, vars: {root: a, backends:"
                         " [{service: b, weight: 1}]}}}") == "");
  CHECK_THAT(problem_of_steps("{apply: {id: split, vars: {root: a, backends:"
                              " [{service: b, wight: 1}]}}}"),
             Contains("split.smi-spec.io/v1alpha4 TrafficSplit would be refused: "));
  CHECK_THAT(problem_of_steps("{apply: {id: split, vars: {root: a}}}"),
             Contains("nothing is called $backends"));
  CHECK_THAT(problem_of_steps("{apply: {id: split, vars: {root: a, extra: 1, backends:"
                              " [{service: b, weight: 1}]}}}"),
             Contains("no template of split uses $extra"));
}

TEST_CASE("a resource that is applied must be required, and a template must be there") {
  const std::string head(kHead);
  CHECK_THAT(problem_of(head + "    - {id: T-1, title: t, steps: [{apply: {id: split}}]}\n"),
             Contains("does not require it"));
  std::string other = suite_of("{apply: {id: split, vars: {}}}");
  other.replace(other.find("v1alpha4"), 8, "v1alpha9");
  CHECK_THAT(problem_of(other), Contains("there is no template trafficsplit-v1alpha9"));
}

TEST_CASE("a test with a mistake does not hide those of others") {
  const auto problems =
      lint(open(std::string(kHead) + "    - {id: T-1, title: t, steps: []}\n"
                                     "    - {id: T-2, title: t, steps: [{x: {}}]}\n"
                                     "    - {id: T-3, title: t, level: cor, steps: [{x: {}}]}\n"));
  CHECK(problems.size() == 3);
}

TEST_CASE("names are put in scalar by scalar and never change the structure") {
  const auto document =
      weft::doc::read({"t", "a: $x\nb: 'pre-${x}-post'\n$x: 1\nc: 'ends with $'\n"});
  REQUIRE(document.ok());
  const auto filled = fill(*document, document->root, {{"x", Value("{y: [1")}});
  REQUIRE(filled.ok());
  CHECK(filled->find("a")->string() == "{y: [1");
  CHECK(filled->find("b")->string() == "pre-{y: [1-post");
  CHECK(filled->find("{y: [1") != nullptr);
  CHECK(filled->find("c")->string() == "ends with $");
  const auto list = fill(*document, *document->root.find("b"), {{"x", Value::list()}});
  REQUIRE_FALSE(list.ok());
  CHECK(list.error().where.line == 2);
}

TEST_CASE("names cannot blow a document up") {
  Value big = Value::list();
  for (int i = 0; i < 1000; ++i) big.push(i);
  std::string yaml;
  for (int i = 0; i < 100; ++i) yaml += "- $x\n";
  const auto document = weft::doc::read({"bomb", yaml});
  const auto filled = fill(*document, document->root, {{"x", Value::list().push(big)}});
  REQUIRE_FALSE(filled.ok());
  CHECK_THAT(filled.error().message, Contains("too large"));
}

TEST_CASE("versions are negotiated with what a mesh serves") {
  const auto versions_of = [](std::string_view suite, const Served& served) {
    const auto opened = open_suite(std::string(suite));
    const auto spec = read_suite(opened->document).suite;
    return negotiate(spec, served);
  };
  const std::string split = "split.smi-spec.io/TrafficSplit";
  const std::string target = "access.smi-spec.io/TrafficTarget";
  const Served osm{{split, {"v1alpha2"}}, {target, {"v1alpha3"}}};
  CHECK(versions_of("smi-traffic-split", osm).at("split") == "v1alpha2");
  CHECK_FALSE(versions_of("smi-traffic-split", osm).contains("matched-split"));
  const Served traefik{{split, {"v1alpha3", "v1alpha2", "v1alpha1"}}, {target, {"v1alpha2"}}};
  CHECK(versions_of("smi-traffic-split", traefik).at("matched-split") == "v1alpha3");
  CHECK(versions_of("smi-traffic-access", traefik).at("target") == "v1alpha2");
  const Served nginx{{split, {"v1alpha3"}}, {target, {"v1alpha2"}}};
  CHECK(versions_of("smi-traffic-split", nginx).at("split") == "v1alpha3");
  CHECK(versions_of("smi-traffic-access", nginx).at("target") == "v1alpha2");
  const Served linkerd{{split, {"v1alpha1", "v1alpha2"}}};
  CHECK(versions_of("smi-traffic-split", linkerd).at("split") == "v1alpha2");
  CHECK(versions_of("smi-traffic-access", linkerd).empty());
  CHECK(versions_of("smi-traffic-split", {}).empty());
}

TEST_CASE("a test whose API is not served says so, and one that needs a later version too") {
  const auto opened = open_suite("smi-traffic-access");
  const auto spec = read_suite(opened->document).suite;
  const auto& served = *std::ranges::find(spec.tests, "TA-1.1.1", &TestSpec::id);
  const auto& ports = *std::ranges::find(spec.tests, "TA-2.3", &TestSpec::id);
  CHECK_THAT(missing_for(spec, served, {}), Contains("is not served in a version of the suite"));
  CHECK(missing_for(spec, ports, {{"target", "v1alpha2"}, {"ports", "v1alpha3"}}) ==
        "TCPRoute is served in v1alpha3, this needs v1alpha4");
}

TEST_CASE("an object has the shape of the version it is applied in") {
  const auto opened = open_suite("smi-traffic-access");
  const auto spec = read_suite(opened->document, "ns").suite;
  const auto target_in = [&](const std::string& version) {
    const auto versions = newest_versions(spec, version);
    const auto planned = plan(spec, opened->templates, *versions, "ns");
    return planned->at(0).objects.at(1);
  };
  CHECK(target_in("v1alpha1").find("specs") != nullptr);
  CHECK(target_in("v1alpha1").find("destination")->find("port")->integer() == 9091);
  CHECK(target_in("v1alpha2").find("spec")->find("destination")->find("port") != nullptr);
  CHECK(target_in("v1alpha3").find("spec")->find("destination")->find("port") == nullptr);
  CHECK_FALSE(newest_versions(spec, "v1alpha77").ok());
}

TEST_CASE("a service selects pods by a label that the fixture gives them") {
  const auto opened = open_suite("smi-traffic-split");
  const auto spec = read_suite(opened->document, "ns").suite;
  const auto fixture = fixture_objects(spec, "ns", "weft:test");
  REQUIRE(fixture.ok());
  const std::string label = set_label(spec, {"app-c", "app-b"});
  std::map<std::string, bool> labelled;
  for (const auto& object : *fixture)
    if (const Value* labels = weft::kube::at(object, {"spec", "template", "metadata", "labels"}))
      labelled[std::string(weft::kube::name_of(object))] = labels->find(label) != nullptr;
  CHECK(labelled == std::map<std::string, bool>{
                        {"app-a", false}, {"app-b", true}, {"app-c", true}, {"app-d", false}});
}

TEST_CASE("API versions are ordered as Kubernetes does") {
  CHECK(compare_api_versions("v1alpha4", "v1alpha3") > 0);
  CHECK(compare_api_versions("v1alpha10", "v1alpha9") > 0);
  CHECK(compare_api_versions("v1beta1", "v1alpha9") > 0);
  CHECK(compare_api_versions("v1", "v2beta1") > 0);
  CHECK(compare_api_versions("v1", "v1") == 0);
  CHECK(compare_api_versions("nonsense", "v1alpha1") < 0);
}

TEST_CASE("what a suite says of TLS is checked with positions") {
  const auto probe = [](std::string_view request, std::string_view expect) {
    return problem_of_steps("{probe: {from: app-a, request: {" + std::string(request) +
                            "}, expect: {" + std::string(expect) + "}}}");
  };
  CHECK(probe("url: \"https://$app-b:9091/\", certificate: {of: app-a, kind: foreign}",
              "tls: {identity: app-b, asksCertificate: true, renewed: true}")
            .empty());
  CHECK(probe("url: \"http://$app-b:9091/\"", "requestSeen: {caller: app-a}").empty());
  CHECK(probe("url: \"http://$app-b:9091/\"", "requestSeen: {caller: none}").empty());
  CHECK_THAT(probe("url: \"http://$app-b:9091/\"", "requestSeen: {caller: app-x}"),
             Contains("11:") && Contains("names no application of the fixture"));
  CHECK_THAT(probe("url: \"http://$app-b:9091/\"", "tls: {identity: app-b}"),
             Contains("TLS that nobody speaks"));
  CHECK_THAT(probe("url: \"http://$app-b:9091/\", certificate: {of: app-a}", ""),
             Contains("is shown to nobody"));
  CHECK_THAT(probe("url: \"https://$app-b:9091/\", certificate: {of: app-a, kind: old}", ""),
             Contains("is \"old\""));
  CHECK_THAT(problem_of_steps("{reissue: {app: app-b, certificate: {of: app-x}}}"),
             Contains("names no application of the fixture"));
}

TEST_CASE("only the mesh's own certificates need its authority") {
  const auto needs = [](const std::string& step) {
    const auto opened = open(suite_of(step));
    const auto reading = read_suite(opened.document);
    REQUIRE(reading.suite.tests.size() == 1);
    return needs_authority(reading.suite.tests.front());
  };
  const std::string url = "url: \"https://$app-b:9091/\"";
  CHECK_FALSE(needs("{probe: {from: app-a, request: {" + url + "}}}"));
  CHECK_FALSE(needs("{probe: {from: app-a, request: {" + url +
                    ", certificate: {of: app-a, kind: foreign}}}}"));
  CHECK(needs("{probe: {from: app-a, request: {" + url + ", certificate: {of: app-a}}}}"));
  CHECK(needs("{settle: {from: app-a, request: {" + url + ", certificate: {of: app-a}}}}"));
  CHECK(needs("{reissue: {app: app-b}}"));
}

TEST_CASE("requests go to every scheme, and nonsense about them is found with its place") {
  const auto probe = [](std::string_view request, std::string_view expect) {
    return problem_of_steps("{probe: {from: app-a, request: {" + std::string(request) +
                            "}, expect: {" + std::string(expect) + "}}}");
  };
  const std::string call = "url: \"grpc://app-b:7070/weft.v1.Echo/Echo\"";
  for (const char* scheme : {"http", "https", "h2c", "h2"})
    CHECK(probe("url: \"" + std::string(scheme) + "://app-b:1/echo\"", "status: 200").empty());
  CHECK(probe(call, "grpcStatus: 0, backend: app-b").empty());
  CHECK(probe("url: \"grpcs://app-b:1/a.B/C\"", "").empty());
  CHECK(probe("url: \"tls://app-b:1\"", "").empty());
  CHECK(probe("url: \"tcp://app-b:9093\", halfClose: true, bodySize: 64KiB", "").empty());
  CHECK(probe("url: \"tcp://app-b:9095\", serverFirst: true", "backend: app-b").empty());
  CHECK(probe("url: \"udp://app-b:9094\"", "response: {bodySize: 4KiB}").empty());
  const auto says = [](const std::string& problem, const char* text) {
    CHECK_THAT(problem, Contains("11:") && Contains(text));
  };
  says(probe("url: \"grpc://app-b:7070\"", ""), "names no method of gRPC");
  says(probe("url: \"grpc://app-b:7070/a.B\"", ""), "names no method of gRPC");
  says(probe("url: \"ftp://app-b/\"", ""), "no scheme that is spoken");
  says(probe("url: \"tcp://app-b\"", ""), "has no port");
  says(probe(call + ", method: PUT", ""), "is that of HTTP");
  says(probe("url: \"udp://app-b:1\", headers: {a: b}", ""), "over HTTP and gRPC only");
  says(probe("url: \"tls://app-b:1\", body: x", ""), "is not sent over tls");
  says(probe("url: \"tcp://app-b:1\", connection: single", ""), "is kept by HTTP");
  says(probe("url: \"http://app-b:1/\", halfClose: true", ""), "is for tcp");
  says(probe("url: \"http://app-b:1/\", bodySize: 1GiB", ""), "bodySize");
  says(probe("url: \"http://app-b:1/\", headers: {a: {b: c}}", ""), "has no text for a");
  says(probe(call, "status: 200"), "status of HTTP for a call of gRPC");
  says(probe(call, "grpcStatus: 17"), "is none of gRPC");
  says(probe("url: \"http://app-b:1/\"", "grpcStatus: 0"), "what is none");
  says(probe("url: \"tcp://app-b:1\"", "status: 200"), "which is not spoken there");
  says(probe("url: \"tcp://app-b:1\"", "backend: app-b"), "do not tell");
  says(probe("url: \"udp://app-b:1\"", "serverHits: 0"), "needs the journal");
  says(probe("url: \"http://app-b:1/\"", "keptOpen: true"), "that are not");
  says(problem_of_steps("{cases: {from: app-a, url: \"tcp://app-b:1\", list: [{path: /}]}}"),
       "cases.url is");
  says(problem_of_steps("{cases: {from: app-a, url: \"grpc://app-b:1\", list: [{path: /x}]}}"),
       "makes no URL");
  says(problem_of_steps("{service: {name: s, selectApps: [app-b], protocol: upd}}"),
       "did you mean udp");
}
