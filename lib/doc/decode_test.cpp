#include "lib/doc/decode.h"

#include <catch2/catch.hpp>

#include "lib/doc/read.h"

namespace weft::doc {
namespace {

struct Client {
  std::string url;
  std::int64_t rps = 7;
  std::optional<double> share;
};

struct Profile {
  std::string name;
  std::optional<base::WallTime> made;
  std::map<std::string, std::string> labels;
  std::vector<Client> clients;
};

base::Result<Profile> decode_profile(const std::string& text, Unknown unknown = Unknown::refused) {
  WEFT_TRY(document, read(Source("p.yaml", text)));
  Profile profile;
  Fields in(document, unknown);
  in.need("name", profile.name).get("labels", profile.labels).time("made", profile.made);
  in.each("clients", profile.clients, [](Fields& f, Client& c) {
    f.need("url", c.url).get("rps", c.rps).get("share", c.share);
    if (c.rps < 0) f.fail("rps", "must not be negative");
  });
  WEFT_CHECK(in.done());
  return profile;
}

std::string refusal(const std::string& text) {
  const auto result = decode_profile(text);
  REQUIRE_FALSE(result.ok());
  return result.error().where.text() + ": " + result.error().message;
}

}  // namespace

TEST_CASE("fields are read, absent and null ones stay as they were") {
  const auto profile = decode_profile(
      "name: n\nlabels: {a: b}\nclients:\n  - {url: u, rps: 1e3, share: 1}\n  - {url: v, rps: "
      "null}\n");
  REQUIRE(profile.ok());
  CHECK(profile->labels.at("a") == "b");
  CHECK(profile->clients[0].rps == 1000);
  CHECK(profile->clients[0].share == 1.0);
  CHECK(profile->clients[1].rps == 7);
  CHECK_FALSE(profile->clients[1].share);
}

TEST_CASE("errors name the field by its path and its place") {
  CHECK(refusal("name: n\nclients: [{url: u, rps: '10'}]") ==
        "p.yaml:2:25: clients[0].rps must be an integer, found string");
  CHECK(refusal("name: n\nclients: [{url: u}, {rps: 1}]") ==
        "p.yaml:2:21: clients[1].url is missing");
  CHECK(refusal("name: n\nclients: {}") == "p.yaml:2:10: clients must be a list, found map");
  CHECK(refusal("name: n\nclients: [3]") == "p.yaml:2:11: clients[0] must be a map, found integer");
  CHECK(refusal("name: n\nclients: [{url: u, rps: -1}]") ==
        "p.yaml:2:25: clients[0].rps must not be negative");
  CHECK(refusal("[]") == "p.yaml:1:1: the document must be a map, found list");
  CHECK(refusal("name: n\nlabels: {a: 1}").find("numbers and booleans in quotes") !=
        std::string::npos);
}

TEST_CASE("an unknown key is refused with what was meant, or ignored on demand") {
  CHECK(refusal("name: n\nclients: [{url: u, rsp: 1}]") ==
        "p.yaml:2:20: unknown key clients[0].rsp (did you mean rps?)");
  CHECK(decode_profile("name: n\nnmae: m\n", Unknown::ignored).ok());
}

TEST_CASE("a time is read as in RFC 3339, an empty one is absent") {
  CHECK(base::format_rfc3339(*decode_profile("name: n\nmade: '2026-03-01T13:00:00+01:00'")->made) ==
        "2026-03-01T12:00:00Z");
  CHECK_FALSE(decode_profile("name: n\nmade: ''")->made);
  CHECK(refusal("name: n\nmade: yesterday") ==
        "p.yaml:2:7: made must be a time like 2026-03-01T12:00:00Z");
}

TEST_CASE("integers keep their range") {
  std::uint64_t count = 0;
  std::int64_t number = 0;
  double real = 0;
  CHECK_FALSE(decode(Value(-1), count));
  CHECK(decode(Value(1e19), count));
  CHECK_FALSE(decode(Value(1e19), number));
  CHECK_FALSE(decode(Value(1.5), number));
  CHECK_FALSE(decode(Value(std::numeric_limits<double>::infinity()), real));
}

}  // namespace weft::doc
