#include "lib/pattern/resolving/traits.h"

#include <algorithm>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/kube/version.h"
#include "lib/pattern/resolving/objects.h"

namespace weft::pattern {
namespace {

using base::Result;
using doc::Value;

Result<std::vector<Name>> namespaces_of(const Service& service, const doc::Member& trait) {
  std::vector<Name> out;
  for (const Value& ns : kube::list_at(trait.value, {"namespaces"})) {
    if (!ns.is_string())
      return service.error(ns.position(), fmt::format("namespaces of {} must hold names, found {}",
                                                      trait.key, ns.kind_name()));
    out.push_back({ns.string(), ns.position()});
  }
  if (out.empty())
    return service.error(trait.value.position(),
                         fmt::format("{} of {} names no namespaces", trait.key, service.key),
                         "namespaces: [default]");
  return out;
}

const mesh::Onboarding* onboarding_of(const mesh::Mesh& mesh, const std::string& mode) {
  for (const mesh::Onboarding& each : mesh.onboarding)
    if (mode.empty() || each.mode.empty() || each.mode == mode) return &each;
  return nullptr;
}

Value texts(const std::map<std::string, std::string>& from) {
  Value out = Value::map();
  for (const auto& [key, value] : from) out.set(key, value);
  return out;
}

Result<void> inject(const Service& service, const doc::Member& trait, const mesh::Mesh& mesh,
                    const MeshOrder& order, Effects& out, Notes& notes) {
  WEFT_TRY(names, namespaces_of(service, trait));
  const mesh::Onboarding* how = onboarding_of(mesh, order.mode);
  const bool by_namespace =
      how != nullptr && !(how->namespace_labels.empty() && how->namespace_annotations.empty());
  if (!by_namespace)
    notes.push_back({Level::warning,
                     fmt::format("{} takes in pods, not namespaces: `weft mesh onboard {}` does it",
                                 mesh.name, mesh.id),
                     service.source->where(trait.value.position())});
  for (const Name& name : names) {
    out.namespaces.push_back(name.text);
    if (!by_namespace) continue;
    kube::Object object = namespace_object(name.text);
    Value* metadata = object.find("metadata");
    if (!how->namespace_labels.empty()) metadata->set("labels", texts(how->namespace_labels));
    if (!how->namespace_annotations.empty())
      metadata->set("annotations", texts(how->namespace_annotations));
    out.marks.push_back(std::move(object));
  }
  return {};
}

struct Policy {
  std::string_view name;
  std::string_view mode;
};
constexpr Policy kPolicies[] = {{"strict", "STRICT"},
                                {"mutual", "PERMISSIVE"},
                                {"permissive", "PERMISSIVE"},
                                {"disable", "DISABLE"}};

Result<std::string_view> mode_of(const Service& service, const doc::Member& trait, Notes& notes) {
  const Value* written = trait.value.find("policy");
  const std::string word =
      written != nullptr && written->is_string() ? base::lower(written->string()) : "";
  for (const Policy& policy : kPolicies) {
    if (policy.name != word) continue;
    if (word == "mutual")
      notes.push_back({Level::warning,
                       "mTLS says mutual, which has always meant PERMISSIVE: plain text is still "
                       "accepted; `policy: strict` refuses it",
                       service.source->where(written->position())});
    return policy.mode;
  }
  std::vector<std::string> known;
  for (const Policy& policy : kPolicies) known.emplace_back(policy.name);
  return service.error(
      written != nullptr ? written->position() : trait.value.position(),
      fmt::format("mTLS of {} has {} policy{}", service.key, word.empty() ? "no" : "an unknown",
                  word.empty() ? "" : base::did_you_mean(word, known)),
      "policy: strict, mutual or disable");
}

// v1 is served since 1.22.
std::string_view security_api(const std::string& version) {
  const auto release = kube::parse_version(version);
  const bool old = release && release->major == 1 && release->minor < 22;
  return old ? "security.istio.io/v1beta1" : "security.istio.io/v1";
}

kube::Object peer_authentication(const std::string& ns, std::string_view mode,
                                 const std::string& version) {
  Value metadata, mtls, spec, out;
  metadata.set("name", "default").set("namespace", ns);
  mtls.set("mode", mode);
  spec.set("mtls", std::move(mtls));
  out.set("apiVersion", security_api(version))
      .set("kind", "PeerAuthentication")
      .set("metadata", std::move(metadata))
      .set("spec", std::move(spec));
  return out;
}

Result<void> secure(const Service& service, const doc::Member& trait, const mesh::Mesh& mesh,
                    const std::string& version, Effects& out, Notes& notes) {
  WEFT_TRY(names, namespaces_of(service, trait));
  WEFT_TRY(mode, mode_of(service, trait, notes));
  if (mode == "DISABLE" && mesh.id != "istio")
    return service.error(trait.value.position(),
                         fmt::format("{} cannot switch mutual TLS off by namespace", mesh.name),
                         "policy: mutual accepts plain text too");
  for (const Name& name : names) {
    if (mesh.id == "istio")
      out.objects.push_back(peer_authentication(name.text, mode, version));
    else
      out.wishes.push_back({.service = &service,
                            .type = mode == "STRICT" ? "StrictMTLS" : "PermissiveMTLS",
                            .settings = Value::map(),
                            .ns = name.text,
                            .at = trait.value.position()});
  }
  return {};
}

}  // namespace

Result<Effects> effects_of(const Service& service, const mesh::Mesh& mesh, const MeshOrder& order,
                           Notes& notes) {
  Effects out;
  for (const doc::Member& trait : service.traits.members()) {
    if (trait.key.starts_with("automaticSidecarInjection"))
      WEFT_CHECK(inject(service, trait, mesh, order, out, notes));
    else if (trait.key == "mTLS")
      WEFT_CHECK(secure(service, trait, mesh, order.version, out, notes));
    else
      notes.push_back(
          {Level::warning,
           fmt::format("trait {} of {} does not apply to a mesh: ignored", trait.key, service.key),
           service.source->where(trait.value.position())});
  }
  return out;
}

}  // namespace weft::pattern
