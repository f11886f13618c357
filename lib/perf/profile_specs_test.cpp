#include "lib/perf/profile_specs.h"

#include <catch2/catch.hpp>

#include "lib/base/file.h"
#include "lib/testkit/temp_dir.h"

using namespace std::chrono_literals;
using weft::perf::Pairs;
using weft::perf::ProfileSpecs;
using weft::perf::Rate;
using weft::perf::read_specs;

namespace {

weft::base::Result<ProfileSpecs> read_text(std::string_view text, bool one_url = false) {
  weft::testkit::TempDir folder;
  const std::string path = folder.path() + "/profile.yaml";
  REQUIRE(weft::base::write_file(path, text).ok());
  return read_specs(path, one_url);
}

constexpr std::string_view kProfile = R"(test:
  smp_version: v0.6.1
  id: 5b0f
  name: checkout
  labels: {team: shop}
  duration: 1m30s
  clients:
    - protocol: PROTOCOL_HTTP
      connections: 4
      rps: 100
      headers: {X-Trace: "on"}
      cookies: {a: "1", b: "2"}
      content_type: application/json
      body: '{}'
      endpoint_urls: [http://127.0.0.1:1/a, http://127.0.0.1:1/b]
    - protocol: PROTOCOL_HTTP
      rps: 0
      load_generator: wrk2
      endpoint_urls: [http://127.0.0.1:1/c]
mesh: {type: 3, version: 1.24.0}
)";

}  // namespace

TEST_CASE("every URL of every client becomes a measurement with the client's settings") {
  const auto profile = read_text(kProfile);
  REQUIRE(profile.ok());
  REQUIRE(profile->specs.size() == 3);
  const auto& first = profile->specs[0];
  CHECK(first.name == "checkout");
  CHECK(first.test_id == "5b0f");
  CHECK(first.labels == weft::smp::Labels{{"team", "shop"}});
  CHECK(first.mesh.type == "istio");
  CHECK(first.url == "http://127.0.0.1:1/a");
  CHECK(first.rate == Rate{100.0});
  CHECK(first.connections == 4);
  CHECK(first.duration == 90s);
  CHECK(first.headers ==
        Pairs{{"X-Trace", "on"}, {"Content-Type", "application/json"}, {"Cookie", "a=1; b=2"}});
  CHECK(first.body == "{}");
  CHECK(profile->specs[1].url == "http://127.0.0.1:1/b");
  CHECK(profile->specs[2].url == "http://127.0.0.1:1/c");
  CHECK(profile->specs[2].rate == Rate{});
}

TEST_CASE("a generator we are not is said, and a URL from elsewhere stands for those of a client") {
  const auto profile = read_text(kProfile, true);
  REQUIRE(profile.ok());
  REQUIRE(profile->specs.size() == 2);
  CHECK_FALSE(profile->specs[0].url);
  REQUIRE(profile->notes.size() == 1);
  CHECK_THAT(profile->notes[0], Catch::Contains("wrk2"));
}

TEST_CASE("a key that nobody reads is noted: it may be a slip of the pen") {
  const auto profile =
      read_text("test: {name: a, clients: [{conections: 5, endpoint_urls: [http://127.0.0.1/]}]}");
  REQUIRE(profile.ok());
  REQUIRE(profile->notes.size() == 1);
  CHECK_THAT(profile->notes[0], Catch::Contains("conections"));
}

TEST_CASE("the protocol that a profile names beside a URL is the scheme of ours") {
  const auto url = [](const std::string& protocol, const std::string& text) {
    const auto profile = read_text("test: {name: a, clients: [{protocol: " + protocol +
                                   ", endpoint_urls: [" + text + "]}]}");
    REQUIRE(profile.ok());
    return profile->specs[0].url.value_or("");
  };
  CHECK(url("PROTOCOL_GRPC", "http://a:1/shop.Cart/Add") == "grpc://a:1/shop.Cart/Add");
  CHECK(url("PROTOCOL_GRPC", "https://a/") == "grpcs://a/");
  CHECK(url("PROTOCOL_GRPC", "grpcs://a/") == "grpcs://a/");
  CHECK(url("PROTOCOL_TCP", "a:7") == "tcp://a:7");
  CHECK(url("PROTOCOL_HTTP", "https://a/") == "https://a/");
}

TEST_CASE("what this engine cannot do is refused, and so are broken profiles") {
  for (const char* text :
       {"", "{", "just text", "test: {name: a, clients: [{rps: -5, endpoint_urls: [http://a/]}]}",
        "test: {name: a, clients: [{headers: {\"a b\": c}, "
        "endpoint_urls: [http://a/]}]}"}) {
    const auto profile = read_text(text);
    INFO(text);
    CHECK_FALSE(profile.ok());
  }
}
