#include "lib/smp/profile.h"

#include <catch2/catch.hpp>

#include "lib/base/file.h"
#include "lib/doc/read.h"
#include "lib/testkit/paths.h"

namespace weft::smp {
namespace {

base::Result<Profile> parse(const std::string& text) {
  WEFT_TRY(document, doc::read(doc::Source("profile.yaml", text)));
  return read_profile(document);
}

Profile profile(const std::string& text) {
  auto parsed = parse(text);
  if (!parsed.ok()) FAIL(parsed.error().where.text() << ": " << parsed.error().message);
  return *std::move(parsed);
}

bool warns(const Profile& profile, std::string_view id) {
  for (const auto& warning : profile.warnings)
    if (warning.starts_with(id)) return true;
  return false;
}

}  // namespace

TEST_CASE("a wrapped test file gives every field (D1)") {
  const Profile p = profile(
      "test:\n  smp_version: v0.0.1\n  id: t1\n  name: Load Test\n  labels: {a: b}\n  clients:\n"
      "    - internal: true\n      load_generator: fortio\n      protocol: 1\n      connections: "
      "2\n"
      "      rps: 10\n      headers: {X-A: '1'}\n      cookies: {c: d}\n      body: hello\n"
      "      content_type: text/plain\n      endpoint_urls: ['http://a/', 'http://b/']\n"
      "      ssl_certificate: PEM\n      additional_options: '-x'\n  duration: 1h30m\nmesh:\n  "
      "type: 3\n  version: '1.20'\n");
  CHECK(p.dialect == "D1");
  CHECK(p.id == "t1");
  CHECK(p.name == "Load Test");
  CHECK(p.labels.at("a") == "b");
  CHECK(p.duration == std::chrono::minutes(90));
  CHECK(p.mesh.type == "istio");
  CHECK(p.mesh.version == "1.20");
  const ProfileClient& client = p.clients.at(0);
  CHECK(client.internal == true);
  CHECK(client.protocol == "http");
  CHECK(client.connections == 2);
  CHECK(client.rps == 10);
  CHECK(client.headers.at("X-A") == "1");
  CHECK(client.cookies.at("c") == "d");
  CHECK(client.body == "hello");
  CHECK(client.content_type == "text/plain");
  CHECK(client.urls.size() == 2);
  CHECK(client.certificate == "PEM");
  CHECK(client.additional_options == "-x");
  CHECK(warns(p, "smp.duration"));
  CHECK(warns(p, "smp.only-first"));
}

TEST_CASE("bare, protojson and Meshery-native profiles say the same thing") {
  const Profile bare =
      profile("clients: [{protocol: PROTOCOL_GRPC, rps: 0, endpoint_urls: [a]}]\nduration: 30s");
  CHECK(bare.dialect == "D1b");
  CHECK(bare.clients[0].protocol == "grpc");
  CHECK(bare.clients[0].rps == 0);
  CHECK(warns(bare, "smp.no-mesh"));
  const Profile json = profile(
      R"({"smpVersion":"v1","clients":[{"protocol":"PROTOCOL_HTTP","rps":"10","endpointUrls":["a"],)"
      R"("contentType":"x","loadGenerator":"wrk2","connections":4}],"duration":"30s"})");
  CHECK(json.dialect == "D2");
  CHECK(json.clients[0].rps == 10);
  CHECK(json.clients[0].content_type == "x");
  CHECK(warns(json, "smp.connections"));
  CHECK_FALSE(warns(json, "smp.duration"));
  const Profile native = profile(
      R"({"name":"n","mesh":"istio","clients":[{"protocol":"http","endpointUrls":["a"]}],"duration":"30s"})");
  CHECK(native.dialect == "D3");
  CHECK(native.mesh.type == "istio");
}

TEST_CASE("enum numbers of old documents are one lower") {
  const Profile old = profile(
      "test: {smps_version: smps/v0.1.0, clients: [{protocol: 1, endpoint_url: "
      "[http://a]}]}\nmesh: {type: 3}\n");
  CHECK(old.clients[0].protocol == "tcp");
  CHECK(old.mesh.type == "kuma");
  CHECK(old.clients[0].urls.at(0) == "http://a");
}

TEST_CASE("meshes are known in every spelling, and no mesh is no mesh") {
  for (const char* mesh : {"{type: ISTIO}", "{type: '3'}", "istio", "Istio", "{type: istio}"})
    CHECK(
        profile("test: {clients: [{endpoint_urls: [a]}]}\nmesh: " + std::string(mesh)).mesh.type ==
        "istio");
  for (const char* mesh : {"None", "No mesh", "''", "~", "{type: INVALID_MESH}"})
    CHECK(profile("test: {clients: [{endpoint_urls: [a]}]}\nmesh: " + std::string(mesh))
              .mesh.type.empty());
}

TEST_CASE("a profile that cannot be run is refused with the field and its place") {
  const auto refusal = [](const std::string& text) {
    const auto parsed = parse(text);
    REQUIRE_FALSE(parsed.ok());
    CHECK(parsed.error().where.line >= 1);
    return parsed.error().message;
  };
  CHECK(refusal("clients: [{endpoint_urls: [a], rps: ten}]") ==
        "clients[0].rps must be an integer, found string");
  CHECK(refusal("clients: [{endpoint_urls: [a], rps: -1}]") == "clients[0].rps must be at least 0");
  CHECK(refusal("clients: [{endpoint_urls: [a], protocol: 9}]") ==
        "clients[0].protocol is no protocol that SMP knows");
  CHECK(refusal("clients: []") == "clients names no endpoint URL");
  CHECK(refusal("clients: [{endpoint_urls: [a]}]\nduration: soon") ==
        "duration must be a positive duration");
  CHECK(refusal("clients: [{endpoint_urls: [a]}]\nmesh: isto") ==
        "mesh is no mesh that SMP knows (did you mean istio?)");
  CHECK(refusal("clients: [{endpointUrls: [a], endpoint_urls: [b]}]") ==
        "endpoint_urls stands here in two spellings");
  CHECK(refusal("a: 1").find("not a Service Mesh Performance document") != std::string::npos);
}

TEST_CASE("the published profiles read as expected") {
  const auto folder = testkit::realdata("smp/meshery");
  if (!folder) {
    WARN("skipped: no real files beside the checkout");
    return;
  }
  for (const char* name : {"smp-load-test.yaml", "smp-soak-test.yaml"}) {
    const Profile p = profile(*base::read_file(*folder + "/" + name));
    CHECK(p.dialect == "D1");
    CHECK(p.name == (std::string(name) == "smp-load-test.yaml" ? "Load Test" : "Soak Test"));
    CHECK(p.duration == std::chrono::seconds(60));
    CHECK(p.clients.at(0).rps == 10);
    CHECK(p.clients[0].connections == 2);
    CHECK(p.clients[0].urls.at(0) == "https://smp-spec.io");
    CHECK(p.clients[0].protocol == "http");
    CHECK(p.mesh.type == "istio");
  }
  const Profile one = profile(*base::read_file(*folder + "/create-profile-response.json"));
  CHECK(one.dialect == "meshery");
  CHECK(one.clients[0].urls.at(0) == "https://www.google.com");
  CHECK(one.mesh.type.empty());
  const Profile page = profile(*base::read_file(*folder + "/list-profiles-response.json"));
  CHECK(page.mesh.type == "app_mesh");
  CHECK(page.duration == std::chrono::seconds(30));
}

}  // namespace weft::smp
