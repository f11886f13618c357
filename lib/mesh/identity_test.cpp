#include "lib/mesh/identity.h"

#include <catch2/catch.hpp>
#include <filesystem>

#include "lib/base/base64.h"
#include "lib/pki/certificate.h"
#include "lib/testkit/temp_dir.h"

namespace weft::mesh {
namespace {

using std::chrono::days;

base::WallTime now() { return base::parse_rfc3339("2026-06-01T12:00:00Z").value(); }

struct Made {
  pki::Issued root = new_root({.now = now()}).value();
  Identity identity = new_identity({.now = now()}, root).value();
};

CheckReport judged(const Identity& identity, base::WallTime at) {
  CheckReport report;
  check_identity(identity, at, report);
  REQUIRE(report.results.size() == 2);
  return report;
}

}  // namespace

TEST_CASE("a new identity is what linkerd asks for") {
  const Made made;
  const CheckReport report = judged(made.identity, now());
  CHECK(report.count().ok == 2);
  CHECK(report.results[0].subject == "root.linkerd.cluster.local");
  CHECK(report.results[0].detail == "3650 days left (until 2036-05-29)");
  CHECK(report.results[1].subject == "identity.linkerd.cluster.local");
  CHECK(report.results[1].detail == "365 days left (until 2027-06-01)");
}

TEST_CASE("below sixty days the identity is a warning, after its end a failure") {
  const Made made;
  CHECK(judged(made.identity, now() + days(305)).results[1].verdict == Verdict::ok);
  CHECK(judged(made.identity, now() + days(306)).results[1].verdict == Verdict::warn);
  const CheckReport late = judged(made.identity, now() + days(367));
  CHECK(late.results[0].verdict == Verdict::ok);
  CHECK(late.results[1].verdict == Verdict::fail);
  CHECK(late.results[1].detail == "ended on 2027-06-01");
}

TEST_CASE("an issuer that cannot sign for its anchors fails with the reason") {
  const Made made;
  const Made other;
  Identity mixed = made.identity;
  SECTION("another anchor") {
    mixed.anchors = other.identity.anchors;
    CHECK(judged(mixed, now()).results[1].detail ==
          "the issuer does not lead to its trust anchors (at "
          "\"identity.linkerd.cluster.local\"): unable to get local issuer certificate");
  }
  SECTION("another key") {
    mixed.issuer_key = other.identity.issuer_key;
    CHECK(judged(mixed, now()).results[1].detail ==
          "the key of the issuer belongs to another certificate");
  }
  SECTION("nothing readable") {
    mixed.anchors = "";
    mixed.issuer = "hello";
    const CheckReport report = judged(mixed, now());
    CHECK(report.results[0].detail == "the trust anchor bundle holds no certificate");
    CHECK(report.results[1].detail == "the issuer holds no certificate");
  }
}

TEST_CASE("an identity survives its objects, and no key leaves the Secret") {
  const Made made;
  const auto objects = identity_objects(made.identity, "linkerd");
  REQUIRE(objects.size() == 2);
  CHECK(objects[1].find("type")->string() == "kubernetes.io/tls");
  const Identity back = identity_of(&objects[1], &objects[0]).value();
  CHECK(back.anchors == made.identity.anchors);
  CHECK(back.issuer == made.identity.issuer);
  CHECK(back.issuer_key == made.identity.issuer_key);
  CHECK(objects[0].find("data")->size() == 1);
}

TEST_CASE("an identity made by the chart is read by its older keys") {
  doc::Value data;
  data.set("crt.pem", base::base64_encode("C")).set("key.pem", base::base64_encode("K"));
  doc::Value secret;
  secret.set("data", std::move(data));
  const Identity identity = identity_of(&secret, nullptr).value();
  CHECK(identity.issuer == "C");
  CHECK(identity.issuer_key == "K");
  CHECK(identity.anchors.empty());

  doc::Value broken;
  broken.set("data", doc::Value().set("tls.crt", "%%%"));
  CHECK(identity_of(&broken, nullptr).error().message ==
        "Secret linkerd-identity-issuer: tls.crt is not base64");
}

TEST_CASE("the root key is kept for its owner alone and found again") {
  const testkit::TempDir folder;
  const std::string state = folder.path() + "/cluster";
  CHECK_FALSE(load_root(state).value().has_value());
  const Made made;
  REQUIRE(store_root(state, made.root).ok());
  using std::filesystem::perms;
  CHECK(std::filesystem::status(root_key_path(state)).permissions() ==
        (perms::owner_read | perms::owner_write));
  CHECK(load_root(state).value()->key == made.root.key);

  const Made other;
  REQUIRE(store_root(state, {made.root.certificate, other.root.key}).ok());
  CHECK_FALSE(load_root(state).ok());
}

}  // namespace weft::mesh
