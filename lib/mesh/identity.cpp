#include "lib/mesh/identity.h"

#include <sys/stat.h>

#include "lib/base/base64.h"
#include "lib/base/file.h"
#include "lib/base/format.h"
#include "lib/pki/certificate.h"

namespace weft::mesh {
namespace {

using base::Error;
using base::ExitCode;

bool exists(const std::string& path) {
  struct stat facts {};
  return ::stat(path.c_str(), &facts) == 0;
}

std::string certificate_path(const std::string& folder) { return folder + "/linkerd-root.crt"; }

doc::Value object_head(const char* kind, const char* name, const std::string& ns) {
  doc::Value labels;
  labels.set("app.kubernetes.io/managed-by", "weft").set("linkerd.io/control-plane-ns", ns);
  doc::Value metadata;
  metadata.set("name", name).set("namespace", ns).set("labels", std::move(labels));
  doc::Value object;
  object.set("apiVersion", "v1").set("kind", kind).set("metadata", std::move(metadata));
  return object;
}

std::string ending(const pki::Certificate& certificate, base::WallTime now) {
  const std::string date = base::format_rfc3339(certificate.not_after).substr(0, 10);
  const long left = pki::days_left(certificate, now);
  return left < 0 ? fmt::format("ended on {}", date)
                  : fmt::format("{} days left (until {})", left, date);
}

Verdict judge_dates(const pki::Certificate& certificate, base::WallTime now) {
  const long left = pki::days_left(certificate, now);
  if (left < 0 || certificate.not_before > now) return Verdict::fail;
  return left < kRenewalDays ? Verdict::warn : Verdict::ok;
}

bool anchor_key_fits(const pki::Certificate& certificate) {
  return certificate.key == "ECDSA P-256" || certificate.key == "RSA 2048" ||
         certificate.key == "RSA 4096";
}

void check_anchors(const Identity& identity, base::WallTime now, CheckReport& report) {
  const auto anchors = pki::read_certificates(identity.anchors, "the trust anchor bundle");
  if (!anchors) {
    report.add("certificate-anchor", Verdict::fail, anchors.error().message);
    return;
  }
  for (const pki::Certificate& anchor : *anchors) {
    if (!anchor_key_fits(anchor))
      report.add("certificate-anchor", Verdict::fail,
                 fmt::format("its key is {}; linkerd takes ECDSA P-256", anchor.key),
                 anchor.common_name);
    else
      report.add("certificate-anchor", judge_dates(anchor, now), ending(anchor, now),
                 anchor.common_name);
  }
}

// What is wrong with the issuer apart from its dates; empty when nothing is.
std::string issuer_fault(const Identity& identity, const pki::Certificate& issuer,
                         base::WallTime now) {
  if (issuer.key != "ECDSA P-256")
    return fmt::format("its key is {}; linkerd takes ECDSA P-256 only", issuer.key);
  if (!issuer.is_ca) return "it is not a certificate authority";
  const auto key = pki::verify_key(identity.issuer, identity.issuer_key, "the issuer");
  if (!key) return key.error().message;
  const auto chain = pki::verify_chain(identity.issuer, identity.anchors, now, "the issuer");
  if (!chain) return fmt::format("{}: {}", chain.error().message, chain.error().cause);
  return "";
}

void check_issuer(const Identity& identity, base::WallTime now, CheckReport& report) {
  const auto certificates = pki::read_certificates(identity.issuer, "the issuer");
  if (!certificates) {
    report.add("certificate-issuer", Verdict::fail, certificates.error().message);
    return;
  }
  const pki::Certificate& issuer = certificates->front();
  const Verdict dates = judge_dates(issuer, now);
  const std::string fault =
      dates == Verdict::fail ? std::string() : issuer_fault(identity, issuer, now);
  report.add("certificate-issuer", fault.empty() ? dates : Verdict::fail,
             fault.empty() ? ending(issuer, now) : fault, issuer.common_name);
}

base::Result<std::string> decoded(const doc::Value& data, std::string_view key,
                                  std::string_view older_key) {
  const doc::Value* text = data.find(key);
  if (text == nullptr) text = data.find(older_key);
  if (text == nullptr || !text->is_string()) return std::string();
  auto bytes = base::base64_decode(text->string());
  if (!bytes)
    return Error{ExitCode::input, fmt::format("Secret {}: {} is not base64", kIssuerSecret, key)};
  return *std::move(bytes);
}

}  // namespace

base::Result<pki::Issued> new_root(const IdentityRequest& request) {
  return pki::issue_root(
      {fmt::format("root.linkerd.{}", request.trust_domain), request.now, request.root_days});
}

base::Result<Identity> new_identity(const IdentityRequest& request, const pki::Issued& root) {
  WEFT_TRY(issuer,
           pki::issue_intermediate({fmt::format("identity.linkerd.{}", request.trust_domain),
                                    request.now, request.issuer_days},
                                   root));
  return Identity{root.certificate, issuer.certificate, issuer.key};
}

void check_identity(const Identity& identity, base::WallTime now, CheckReport& report) {
  check_anchors(identity, now, report);
  check_issuer(identity, now, report);
}

std::vector<doc::Value> identity_objects(const Identity& identity, const std::string& ns) {
  doc::Value data;
  data.set("ca.crt", base::base64_encode(identity.anchors))
      .set("tls.crt", base::base64_encode(identity.issuer))
      .set("tls.key", base::base64_encode(identity.issuer_key));
  doc::Value secret = object_head("Secret", kIssuerSecret, ns);
  secret.set("type", "kubernetes.io/tls").set("data", std::move(data));
  doc::Value bundle;
  bundle.set("ca-bundle.crt", identity.anchors);
  doc::Value roots = object_head("ConfigMap", kTrustRoots, ns);
  roots.set("data", std::move(bundle));
  return {std::move(roots), std::move(secret)};
}

base::Result<Identity> identity_of(const doc::Value* secret, const doc::Value* trust_roots) {
  Identity identity;
  if (const doc::Value* data = secret == nullptr ? nullptr : secret->find("data")) {
    WEFT_TRY(issuer, decoded(*data, "tls.crt", "crt.pem"));
    WEFT_TRY(key, decoded(*data, "tls.key", "key.pem"));
    WEFT_TRY(anchors, decoded(*data, "ca.crt", "ca.crt"));
    identity = {anchors, issuer, key};
  }
  const doc::Value* data = trust_roots == nullptr ? nullptr : trust_roots->find("data");
  const doc::Value* bundle = data == nullptr ? nullptr : data->find("ca-bundle.crt");
  if (bundle != nullptr && bundle->is_string()) identity.anchors = bundle->string();
  return identity;
}

std::string root_key_path(const std::string& folder) { return folder + "/linkerd-root.key"; }

base::Result<void> store_root(const std::string& folder, const pki::Issued& root) {
  WEFT_CHECK(base::write_file(root_key_path(folder), root.key, base::Access::owner));
  return base::write_file(certificate_path(folder), root.certificate, base::Access::owner);
}

base::Result<std::optional<pki::Issued>> load_root(const std::string& folder) {
  if (!exists(root_key_path(folder)) || !exists(certificate_path(folder)))
    return std::optional<pki::Issued>();
  WEFT_TRY(key, base::read_file(root_key_path(folder), 1u << 20));
  WEFT_TRY(certificate, base::read_file(certificate_path(folder), 1u << 20));
  WEFT_CHECK(pki::verify_key(certificate, key, certificate_path(folder)));
  return std::optional(pki::Issued{certificate, key});
}

}  // namespace weft::mesh
