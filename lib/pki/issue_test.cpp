#include "lib/pki/issue.h"

#include <catch2/catch.hpp>
#include <cstdlib>

#include "lib/base/file.h"
#include "lib/pki/certificate.h"
#include "lib/testkit/temp_dir.h"

namespace weft::pki {
namespace {

base::WallTime now() { return base::parse_rfc3339("2026-06-01T12:00:00Z").value(); }

Certificate facts(const Issued& issued) {
  return read_certificates(issued.certificate, "issued").value().front();
}

}  // namespace

TEST_CASE("a root is a certificate authority that signed itself") {
  const Certificate root = facts(issue_root({"root.example", now(), 3650}).value());
  CHECK(root.common_name == "root.example");
  CHECK(root.issuer_name == "root.example");
  CHECK(root.key == "ECDSA P-256");
  CHECK(root.signature == "ecdsa-with-SHA256");
  CHECK(root.is_ca);
  CHECK(root.path_length == 1);
  CHECK(root.dns_names.empty());
  CHECK(root.serial.size() == 32);
  CHECK(base::format_rfc3339(root.not_before) == "2026-06-01T11:55:00Z");
  CHECK(days_left(root, now()) == 3650);
}

TEST_CASE("an intermediate is signed by its root and signs leaves only") {
  const Issued root = issue_root({"root.example", now(), 3650}).value();
  const Issued issued = issue_intermediate({"ca.example", now(), 365}, root).value();
  const Certificate issuer = facts(issued);
  CHECK(issuer.issuer_name == "root.example");
  CHECK(issuer.is_ca);
  CHECK(issuer.path_length == 0);
  CHECK(days_left(issuer, now()) == 365);
  CHECK(verify_chain(issued.certificate, root.certificate, now(), "ca").ok());
  CHECK(issued.key.starts_with("-----BEGIN PRIVATE KEY-----\n"));
}

TEST_CASE("two certificates of the same name share neither key nor serial") {
  const Request request{"root.example", now(), 10};
  const Issued one = issue_root(request).value();
  const Issued two = issue_root(request).value();
  CHECK(one.key != two.key);
  CHECK(facts(one).serial != facts(two).serial);
}

TEST_CASE("an intermediate that cannot be right is not made") {
  const Issued root = issue_root({"root.example", now(), 100}).value();
  const auto long_lived = issue_intermediate({"ca.example", now(), 101}, root);
  REQUIRE_FALSE(long_lived.ok());
  CHECK(long_lived.error().message ==
        "certificate ca.example would outlive its root, which ends on 2026-09-09T12:00:00Z");
  const Issued other = issue_root({"root.example", now(), 100}).value();
  CHECK(issue_intermediate({"ca.example", now(), 10}, {root.certificate, other.key}).error().code ==
        base::ExitCode::input);
}

TEST_CASE("the openssl program agrees that the chain holds and reads the extensions") {
  if (std::system("command -v openssl >/dev/null 2>&1") != 0) {
    WARN("skipped: no openssl program");
    return;
  }
  const testkit::TempDir folder;
  const auto today = base::system_clock().wall();
  const Issued root = issue_root({"root.example", today, 3650}).value();
  const Issued issuer = issue_intermediate({"ca.example", today, 365}, root).value();
  REQUIRE(base::write_file(folder.path() + "/root.crt", root.certificate).ok());
  REQUIRE(base::write_file(folder.path() + "/ca.crt", issuer.certificate).ok());
  REQUIRE(base::write_file(folder.path() + "/ca.key", issuer.key).ok());
  const auto shell = [&](const std::string& command) {
    return std::system(("cd " + folder.path() + " && { " + command + "; } >/dev/null").c_str());
  };
  CHECK(shell("openssl verify -x509_strict -CAfile root.crt ca.crt") == 0);
  CHECK(shell("openssl pkey -in ca.key -check -noout") == 0);
  CHECK(shell("openssl x509 -in ca.crt -noout -text >t; grep -A1 'Basic Constraints: critical' t | "
              "grep 'CA:TRUE, pathlen:0'") == 0);
  CHECK(shell("grep -A1 'Key Usage: critical' t | grep 'Certificate Sign, CRL Sign'") == 0);
  CHECK(shell("grep 'Authority Key Identifier' t") == 0);
}

TEST_CASE("a leaf may carry a SPIFFE id, which no text can break out of") {
  const Issued leaf =
      issue_leaf({"cart", now(), 1}, {"cart.example", "spiffe://td.example/ns/shop/sa/cart"})
          .value();
  CHECK(facts(leaf).uris == std::vector<std::string>{"spiffe://td.example/ns/shop/sa/cart"});
  CHECK(facts(leaf).dns_names == std::vector<std::string>{"cart.example"});
  for (const char* name :
       {"spiffe://", "spiffe://td/a,DNS:other", "https://td/a", "spiffe://td/a b"})
    CHECK_FALSE(issue_leaf({"cart", now(), 1}, {name}).ok());
}

}  // namespace weft::pki
