// Makes certificates with ECDSA P-256 keys: a self-signed root, intermediates that it signs, and
// leaves for servers and clients. Extensions as RFC 5280 demands: basicConstraints and keyUsage
// are critical, subject and authority key identifiers are present.
//
//   WEFT_TRY(root, pki::issue_root({.common_name = "root.example", .now = now, .days = 3650}));
//   WEFT_TRY(ca, pki::issue_intermediate({"ca.example", now, 365}, root));
#pragma once

#include <string>
#include <vector>

#include "lib/base/clock.h"
#include "lib/base/result.h"

namespace weft::pki {

struct Issued {
  std::string certificate;  // PEM
  std::string key;          // PEM, PKCS#8, unencrypted: a secret
};

struct Request {
  std::string common_name;
  base::WallTime now{};  // the validity begins five minutes earlier, for clocks that lag behind
  int days = 365;
};

// Path length 1: it may sign intermediates that sign leaves.
base::Result<Issued> issue_root(const Request& request);
// Path length 0. An error when it would outlive `root`, or when root's key is not root's.
base::Result<Issued> issue_intermediate(const Request& request, const Issued& root);
// For a server or a client with these names, each a DNS name, an IP address or a SPIFFE identity
// (spiffe://...); a usage error for anything else. Signed by itself without an issuer; it must not
// outlive one.
base::Result<Issued> issue_leaf(const Request& request, const std::vector<std::string>& names,
                                const Issued* issuer = nullptr);

}  // namespace weft::pki
