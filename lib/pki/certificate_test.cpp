#include "lib/pki/certificate.h"

#include <catch2/catch.hpp>

#include "lib/base/file.h"
#include "lib/pki/issue.h"
#include "lib/testkit/paths.h"

namespace weft::pki {
namespace {

using std::chrono::days;

base::WallTime now() { return base::parse_rfc3339("2026-06-01T12:00:00Z").value(); }

std::string fixture(const std::string& name) {
  return base::read_file(testkit::testdata("pki/" + name)).value();
}

struct Pair {
  Issued root = issue_root({"root.example", now(), 3650}).value();
  Issued issuer = issue_intermediate({"ca.example", now(), 365}, root).value();
};

}  // namespace

TEST_CASE("a foreign certificate is described in the field's terms") {
  const auto read = read_certificates(fixture("rsa.crt"), "rsa.crt").value();
  REQUIRE(read.size() == 1);
  const Certificate& rsa = read.front();
  CHECK(rsa.common_name == "old.example");
  CHECK(rsa.issuer_name == "old.example");
  CHECK(rsa.key == "RSA 2048");
  CHECK(rsa.signature == "sha256WithRSAEncryption");
  CHECK(rsa.dns_names == std::vector<std::string>{"a.example", "b.example"});
  CHECK(rsa.is_ca);
  CHECK_FALSE(rsa.path_length.has_value());
  CHECK(rsa.fingerprint.size() == 64);
}

TEST_CASE("a certificate that never ends has a date that can be held") {
  const auto read = read_certificates(fixture("never.crt"), "never.crt").value();
  CHECK(read.front().key == "ECDSA P-384");
  CHECK_FALSE(read.front().is_ca);
  CHECK(read.front().serial == "01");
  CHECK(base::format_rfc3339(read.front().not_after) == "2255-03-14T16:00:00Z");
  CHECK(days_left(read.front(), now()) > 80'000);
}

TEST_CASE("days left are rounded down and negative after the end") {
  Certificate certificate;
  certificate.not_after = now() + std::chrono::hours(36);
  CHECK(days_left(certificate, now()) == 1);
  CHECK(days_left(certificate, now() + days(1)) == 0);
  CHECK(days_left(certificate, now() + days(2)) == -1);
}

TEST_CASE("a bundle is read whole, whatever stands around its blocks") {
  const Pair pair;
  const std::string bundle = "subject: CN=ca\n" + pair.issuer.certificate + "\n# the anchor\n" +
                             pair.root.certificate + "\n\n";
  const auto read = read_certificates(bundle, "bundle").value();
  REQUIRE(read.size() == 2);
  CHECK(read[0].common_name == "ca.example");
  CHECK(read[1].common_name == "root.example");
  CHECK(read_certificates(read[0].pem, "again").value().front().fingerprint == read[0].fingerprint);
}

TEST_CASE("text without a whole certificate is refused by name") {
  CHECK(read_certificates("", "ca.crt").error().message == "ca.crt holds no certificate");
  CHECK(read_certificates(fixture("encrypted.key"), "ca.crt").error().message ==
        "ca.crt holds no certificate");
  const Pair pair;
  const std::string cut =
      pair.root.certificate + pair.issuer.certificate.substr(0, pair.issuer.certificate.size() / 2);
  CHECK(read_certificates(cut, "ca.crt").error().message == "ca.crt: certificate 2 cannot be read");
  const std::string junk = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
  CHECK(read_certificates(junk, "ca.crt").error().code == base::ExitCode::input);
  CHECK(read_certificates(std::string((1u << 20) + 1, 'x'), "ca.crt").error().message ==
        "ca.crt is larger than 1 MiB");
}

TEST_CASE("a chain holds up to an anchor, and only while everything in it is valid") {
  const Pair pair;
  const auto verify = [&](const std::string& anchors, base::WallTime at) {
    return verify_chain(pair.issuer.certificate, anchors, at, "the issuer");
  };
  CHECK(verify(pair.root.certificate, now()).ok());

  SECTION("an old anchor beside the right one does no harm") {
    const Pair other;
    CHECK(verify(other.root.certificate + pair.root.certificate, now()).ok());
    const auto foreign = verify(other.root.certificate, now());
    REQUIRE_FALSE(foreign.ok());
    CHECK(foreign.error().message ==
          "the issuer does not lead to its trust anchors (at \"ca.example\")");
    CHECK(foreign.error().cause == "unable to get local issuer certificate");
  }
  SECTION("an intermediate may itself be the anchor") {
    CHECK(verify(pair.issuer.certificate, now()).ok());
  }
  SECTION("too early and too late") {
    CHECK(verify(pair.root.certificate, now() - days(1)).error().cause ==
          "certificate is not yet valid");
    CHECK(verify(pair.root.certificate, now() + days(366)).error().cause ==
          "certificate has expired");
  }
}

TEST_CASE("a key is matched with its certificate and never asked a password for") {
  const Pair pair;
  CHECK(verify_key(pair.issuer.certificate, pair.issuer.key, "the issuer").ok());
  CHECK(verify_key(pair.issuer.certificate, pair.root.key, "the issuer").error().message ==
        "the key of the issuer belongs to another certificate");
  const auto encrypted = verify_key(pair.root.certificate, fixture("encrypted.key"), "the issuer");
  CHECK(encrypted.error().message == "the key of the issuer holds no readable private key");
  CHECK_FALSE(encrypted.error().remedy.empty());
}

}  // namespace weft::pki
