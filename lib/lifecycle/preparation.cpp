#include "lib/lifecycle/preparation.h"

#include <algorithm>

#include "lib/base/format.h"
#include "lib/lifecycle/values.h"
#include "lib/mesh/identity.h"

namespace weft::lifecycle {

using namespace mesh;

namespace {

using base::Error;
using base::ExitCode;
using base::Result;
using kube::Object;

Result<void> put(Work& work, const kube::Objects& objects) {
  const auto applied = work.cluster.apply(objects, {.force = true});
  if (!applied.ok()) return applied.error();
  return {};
}

// The stored root, or a new one that is stored first: without it the issuer could never be renewed.
Result<pki::Issued> root_of(const std::string& folder, const IdentityRequest& request) {
  WEFT_TRY(stored, load_root(folder));
  if (stored) return std::move(*stored);
  WEFT_TRY(root, new_root(request));
  WEFT_CHECK(store_root(folder, root));
  return std::move(root);
}

Result<void> ensure_identity(Work& work, const SetupStep& step, const std::string& state_folder) {
  const std::string& ns = step.step->ns;
  const std::vector<kube::Ref> refs{kube::make_ref("v1", "Secret", ns, kIssuerSecret),
                                    kube::make_ref("v1", "ConfigMap", ns, kTrustRoots)};
  WEFT_TRY(live, work.cluster.get_each(refs));
  WEFT_TRY(known, identity_of(live[0] ? &*live[0] : nullptr, live[1] ? &*live[1] : nullptr));
  if (!known.issuer.empty() && !known.anchors.empty()) return {};
  if (!known.issuer.empty() || !known.anchors.empty())
    return Error{ExitCode::input,
                 fmt::format("the identity of Linkerd in namespace {} is only half there", ns),
                 fmt::format("restore what is missing, or delete Secret {} and ConfigMap {}",
                             kIssuerSecret, kTrustRoots)};
  IdentityRequest request;
  request.now = work.clock.wall();
  if (const doc::Value* domain = find_path(step.values, "identityTrustDomain"))
    if (domain->is_string()) request.trust_domain = domain->string();
  WEFT_TRY(folder, cluster_folder(work, state_folder));
  WEFT_TRY(root, root_of(folder, request));
  WEFT_TRY(identity, new_identity(request, root));
  WEFT_CHECK(put(work, identity_objects(identity, ns)));
  work.tell({.text = fmt::format("made Linkerd's identity; its root key is {}, keep it safe",
                                 root_key_path(folder))});
  return {};
}

Object secret_of(const std::string& ns, const Input& input, const std::string& value) {
  Object secret = kube::stub_of(kube::make_ref("v1", "Secret", ns, input.secret));
  secret.set("stringData", doc::Value().set(input.key, value));
  return secret;
}

Result<void> ensure_secrets(Work& work, const Setup& setup, const SetupStep& step) {
  kube::Objects secrets;
  for (const Input& input : setup.mesh->inputs) {
    const auto given = setup.order.inputs.find(input.name);
    if (input.step == step.step->name && !input.secret.empty() && given != setup.order.inputs.end())
      secrets.push_back(secret_of(step.step->ns, input, given->second));
  }
  return secrets.empty() ? Result<void>() : put(work, secrets);
}

}  // namespace

Object namespace_object(const std::string& ns, const std::string& pod_security) {
  Object object = kube::stub_of(kube::make_ref("v1", "Namespace", "", ns));
  if (!pod_security.empty())
    object.find("metadata")
        ->set("labels", doc::Value().set("pod-security.kubernetes.io/enforce", pod_security));
  return object;
}

void note_namespace(Record& record, const std::string& ns) {
  if (std::ranges::find(record.namespaces, ns) == record.namespaces.end())
    record.namespaces.push_back(ns);
}

Result<void> ensure_namespace(Work& work, Record& record, const std::string& ns,
                              const std::string& pod_security) {
  Object object = namespace_object(ns, pod_security);
  WEFT_TRY(live, work.cluster.get(kube::ref_of(object)));
  if (live) return {};
  WEFT_CHECK(put(work, {std::move(object)}));
  note_namespace(record, ns);
  return {};
}

Result<void> prepare_step(Work& work, const Setup& setup, const SetupStep& step,
                          const std::string& state_folder) {
  WEFT_CHECK(ensure_secrets(work, setup, step));
  if (step.step->prepare == "linkerd-identity") return ensure_identity(work, step, state_folder);
  return {};
}

}  // namespace weft::lifecycle
