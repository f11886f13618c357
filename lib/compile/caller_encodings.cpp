// Callers, [{serviceAccount, namespace}], as each mesh names identities.
#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/compile/encodings.h"

namespace weft::compile {
namespace {

using doc::Value;
using Encoded = std::optional<Value>;

Value caller(std::string_view account, std::string_view ns) {
  return Value::map().set("serviceAccount", account).set("namespace", ns);
}

// The argument filled in, $service being the account: "cluster.local/ns/$namespace/sa/$service".
std::string spelled(const std::string& form, const Value& item) {
  Names names;
  names.service = item.find("serviceAccount")->string();
  names.ns = item.find("namespace")->string();
  return fill(form, names);
}

std::optional<Value> parted(const std::string& form, std::string_view text) {
  Names names;
  if (!recognise(form, text, names)) return {};
  return caller(names.service, names.ns);
}

// ["cluster.local/ns/shop/sa/web"]
Encoded to_texts(const Value& value, Coding& coding) {
  Value list = Value::list();
  for (const auto& item : value.items()) list.push(spelled(coding.argument, item));
  return list;
}
Encoded from_texts(const Value& value, const Coding& coding) {
  if (!value.is_list()) return {};
  Value list = Value::list();
  for (const auto& item : value.items()) {
    auto one = item.is_string() ? parted(coding.argument, item.string()) : std::nullopt;
    if (!one) return {};
    list.push(std::move(*one));
  }
  return list;
}

// [{kind: ServiceAccount, name: web, namespace: shop}]
Encoded to_references(const Value& value, Coding&) {
  Value list = Value::list();
  for (const auto& item : value.items())
    list.push(Value::map()
                  .set("kind", "ServiceAccount")
                  .set("name", *item.find("serviceAccount"))
                  .set("namespace", *item.find("namespace")));
  return list;
}
Encoded from_references(const Value& value, const Coding&) {
  if (!value.is_list()) return {};
  Value list = Value::list();
  for (const auto& item : value.items()) {
    const Value* name = item.find("name");
    const Value* ns = item.find("namespace");
    const Value* kind = item.find("kind");
    if (name == nullptr || ns == nullptr || !name->is_string() || !ns->is_string()) return {};
    if (kind != nullptr && !(*kind == "ServiceAccount")) return {};
    list.push(caller(name->string(), ns->string()));
  }
  return list;
}

// Kuma's rules: [{spiffeID: {type: Exact, value: spiffe://...}}]
Encoded to_spiffe(const Value& value, Coding& coding) {
  Value list = Value::list();
  for (const auto& item : value.items())
    list.push(Value::map().set(
        "spiffeID",
        Value::map().set("type", "Exact").set("value", spelled(coding.argument, item))));
  return list;
}
Encoded from_spiffe(const Value& value, const Coding& coding) {
  if (!value.is_list()) return {};
  Value list = Value::list();
  for (const auto& item : value.items()) {
    const Value* id = item.find("spiffeID");
    const Value* text = id == nullptr ? nullptr : id->find("value");
    auto one = text != nullptr && text->is_string() ? parted(coding.argument, text->string())
                                                    : std::nullopt;
    if (!one) return {};
    list.push(std::move(*one));
  }
  return list;
}

// Cilium: [{matchLabels: {k8s:io.cilium.k8s.policy.serviceaccount: web, ...}}]
constexpr const char* kAccountLabel = "k8s:io.cilium.k8s.policy.serviceaccount";
constexpr const char* kNamespaceLabel = "k8s:io.kubernetes.pod.namespace";
Encoded to_endpoints(const Value& value, Coding&) {
  Value list = Value::list();
  for (const auto& item : value.items())
    list.push(Value::map().set("matchLabels", Value::map()
                                                  .set(kAccountLabel, *item.find("serviceAccount"))
                                                  .set(kNamespaceLabel, *item.find("namespace"))));
  return list;
}
Encoded from_endpoints(const Value& value, const Coding&) {
  if (!value.is_list()) return {};
  Value list = Value::list();
  for (const auto& item : value.items()) {
    const Value* labels = item.find("matchLabels");
    const Value* account = labels == nullptr ? nullptr : labels->find(kAccountLabel);
    const Value* ns = labels == nullptr ? nullptr : labels->find(kNamespaceLabel);
    if (account == nullptr || ns == nullptr || !account->is_string() || !ns->is_string()) return {};
    list.push(caller(account->string(), ns->string()));
  }
  return list;
}

// Consul: [{name: web, namespace: shop, action: allow}]; the argument is the action.
Encoded to_sources(const Value& value, Coding& coding) {
  Value list = Value::list();
  for (const auto& item : value.items())
    list.push(
        Value::map().set("name", *item.find("serviceAccount")).set("action", coding.argument));
  return list;
}
Encoded from_sources(const Value& value, const Coding& coding) {
  if (!value.is_list()) return {};
  Value list = Value::list();
  for (const auto& item : value.items()) {
    const Value* name = item.find("name");
    const Value* action = item.find("action");
    if (name == nullptr || !name->is_string() || action == nullptr || !(*action == coding.argument))
      return {};
    list.push(caller(name->string(), coding.names.ns));
  }
  return list;
}

}  // namespace

std::span<const Encoding> caller_encodings() {
  static constexpr Encoding kEncodings[] = {{"identities", to_texts, from_texts},
                                            {"accounts", to_references, from_references},
                                            {"spiffe", to_spiffe, from_spiffe},
                                            {"endpoints", to_endpoints, from_endpoints},
                                            {"sources", to_sources, from_sources}};
  return kEncodings;
}

}  // namespace weft::compile
