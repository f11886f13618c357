// Linkerd's identity: the trust anchors that every proxy believes, and the issuer with which its
// control plane signs the proxies' certificates. Linkerd wants both before it is installed.
//
// weft makes them as linkerd2's pkg/issuercerts demands (ECDSA P-256, SHA-256) and hands them over
// as objects, not as chart values: so the key is neither in helm's release nor on a command line.
// The chart then needs identity.externalCA=true and identity.issuer.scheme=kubernetes.io/tls.
//
//   WEFT_TRY(root, new_root(request));
//   WEFT_TRY(identity, new_identity(request, root));
//   for (const auto& object : identity_objects(identity, "linkerd")) ...
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lib/base/clock.h"
#include "lib/base/result.h"
#include "lib/doc/value.h"
#include "lib/mesh/check.h"
#include "lib/pki/issue.h"

namespace weft::mesh {

struct Identity {
  std::string anchors;     // PEM, one or more
  std::string issuer;      // PEM, the issuer first, then what leads to an anchor
  std::string issuer_key;  // PEM: a secret
};

struct IdentityRequest {
  std::string trust_domain = "cluster.local";
  base::WallTime now{};
  int root_days = 3650;
  int issuer_days = 365;
};

base::Result<pki::Issued> new_root(const IdentityRequest& request);
base::Result<Identity> new_identity(const IdentityRequest& request, const pki::Issued& root);

// certificate-anchor and certificate-issuer: one result per anchor, one for the issuer. Days below
// kRenewalDays are a warning, as linkerd check has it.
inline constexpr long kRenewalDays = 60;
void check_identity(const Identity& identity, base::WallTime now, CheckReport& report);

inline constexpr const char* kIssuerSecret = "linkerd-identity-issuer";
inline constexpr const char* kTrustRoots = "linkerd-identity-trust-roots";

// Secret linkerd-identity-issuer (kubernetes.io/tls) and ConfigMap linkerd-identity-trust-roots.
std::vector<doc::Value> identity_objects(const Identity& identity, const std::string& ns);

// What the live objects hold, whoever made them: the Secret's keys are tls.crt and tls.key, or
// crt.pem and key.pem where the chart made it. Parts that are not there are empty. Content that is
// not base64 is an input error.
base::Result<Identity> identity_of(const doc::Value* secret, const doc::Value* trust_roots);

// The root key stays with the user: <folder>/linkerd-root.crt and .key, readable by him alone.
std::string root_key_path(const std::string& folder);
base::Result<void> store_root(const std::string& folder, const pki::Issued& root);
// Absent when no root is stored there.
base::Result<std::optional<pki::Issued>> load_root(const std::string& folder);

}  // namespace weft::mesh
