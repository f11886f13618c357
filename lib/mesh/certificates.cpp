#include "lib/mesh/certificates.h"

#include "lib/base/base64.h"
#include "lib/base/format.h"
#include "lib/kube/object.h"
#include "lib/mesh/identity.h"
#include "lib/pki/certificate.h"

namespace weft::mesh {
namespace {

struct Holder {
  std::string_view mesh;
  std::string_view kind;  // Secret or ConfigMap, in the control plane's namespace
  std::string_view name;
  std::string_view key;
  std::string_view what;
};

// Where the meshes keep them; several keys of one object are alternatives of versions.
constexpr Holder kHolders[] = {
    {"linkerd", "ConfigMap", kTrustRoots, "ca-bundle.crt", "trust anchor"},
    {"linkerd", "Secret", kIssuerSecret, "tls.crt", "issuer"},
    {"linkerd", "Secret", kIssuerSecret, "crt.pem", "issuer"},
    {"istio", "Secret", "istio-ca-secret", "ca-cert.pem", "certificate authority"},
    {"istio", "Secret", "cacerts", "ca-cert.pem", "certificate authority"},
    {"istio", "Secret", "cacerts", "root-cert.pem", "trust anchor"},
    {"consul", "Secret", "consul-ca-cert", "tls.crt", "certificate authority"},
    {"kuma", "Secret", "kuma-tls-cert", "ca.crt", "certificate authority"},
    {"osm", "Secret", "osm-ca-bundle", "ca.crt", "certificate authority"},
};

std::string text_of(const kube::Object& object, const Holder& holder) {
  std::string text(kube::text_at(object, {"data", holder.key}));
  if (holder.kind != "Secret") return text;
  return base::base64_decode(text).value_or("");
}

void add_held(const kube::Object& object, const Holder& holder, base::WallTime now,
              std::vector<HeldCertificate>& out) {
  const std::string pem = text_of(object, holder);
  if (pem.empty()) return;
  const std::string name = kube::ref_of(object).text();
  const auto certificates = pki::read_certificates(pem, name);
  if (!certificates) return;
  // Of an issuer with its chain, only the issuer itself is held here.
  const std::size_t count = holder.what == "trust anchor" ? certificates->size() : 1;
  for (std::size_t i = 0; i < count; ++i) {
    const auto& certificate = (*certificates)[i];
    out.push_back({std::string(holder.what), name, certificate.common_name,
                   pki::days_left(certificate, now)});
  }
}

void judge(const std::vector<HeldCertificate>& held, CheckReport& report) {
  for (const HeldCertificate& certificate : held) {
    const Verdict verdict = certificate.days_left < 0              ? Verdict::fail
                            : certificate.days_left < kRenewalDays ? Verdict::warn
                                                                   : Verdict::ok;
    report.add(certificate.what == "trust anchor" ? "certificate-anchor" : "certificate-issuer",
               verdict, fmt::format("{} days left", certificate.days_left), certificate.object);
  }
}

}  // namespace

base::Result<MeshCertificates> read_mesh_certificates(kube::Cluster& cluster,
                                                      const std::string& mesh,
                                                      const std::string& ns, base::WallTime now) {
  std::vector<const Holder*> holders;
  std::vector<kube::Ref> refs;
  for (const Holder& holder : kHolders)
    if (holder.mesh == mesh) {
      holders.push_back(&holder);
      refs.push_back(kube::make_ref("v1", holder.kind, ns, holder.name));
    }
  MeshCertificates out;
  if (refs.empty()) return out;
  WEFT_TRY(objects, cluster.get_each(refs));
  std::optional<kube::Object> secret, roots;
  for (std::size_t i = 0; i < holders.size(); ++i) {
    if (!objects[i]) continue;
    add_held(*objects[i], *holders[i], now, out.held);
    if (holders[i]->name == kIssuerSecret) secret = objects[i];
    if (holders[i]->name == kTrustRoots) roots = objects[i];
  }
  if (!secret && !roots) {
    judge(out.held, out.report);
    return out;
  }
  WEFT_TRY(identity, identity_of(secret ? &*secret : nullptr, roots ? &*roots : nullptr));
  check_identity(identity, now, out.report);
  return out;
}

}  // namespace weft::mesh
