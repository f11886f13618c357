#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

bool is_private_key(std::string_view text) {
  const std::size_t begin = text.find("-----BEGIN ");
  if (begin == std::string_view::npos) return false;
  const std::string_view line = text.substr(begin, text.find('\n', begin) - begin);
  return line.find("PRIVATE KEY") != std::string_view::npos;
}

// Values with such a name are secret when they stand there as they are.
bool is_secret_name(std::string_view key) {
  for (const char* name : {"password", "client_secret", "clientSecret", "access_token",
                           "secret_access_key", "session_token"})
    if (key == name) return true;
  return false;
}

// Envoy's DataSource, or the text itself.
const Value* inline_text(const Value& value) {
  if (value.is_string()) return &value;
  return get(&value, "inline_string");
}

void visit(const Resource& resource, std::string_view key, const Value& value, Report& out) {
  if (value.is_string() && is_private_key(value.string()))
    out.add(resource, &value, fmt::format("{} holds a private key", key)).with("field", key);
  else if (const Value* secret = inline_text(value);
           is_secret_name(key) && !text(secret).empty() && !text(secret).starts_with('$'))
    out.add(resource, secret, fmt::format("{} stands here in the clear", key)).with("field", key);
  for (const Member& member : members(&value)) visit(resource, member.key, member.value, out);
  for (const Value& item : items(&value)) visit(resource, key, item, out);
}

// The parameter d of RFC 7518 is there in private keys only, k is a shared key.
void check_jwks(const Resource& resource, const Value* jwks, Report& out) {
  if (text(jwks).empty()) return;
  const auto read = doc::read_json(doc::Source("jwks", jwks->string()));
  if (!read.ok()) return;
  for (const Value& key : items(get(&read->root, "keys")))
    if (get(&key, "d") != nullptr || get(&key, "k") != nullptr)
      out.add(resource, jwks, fmt::format("the key {} of jwks is private", text(get(&key, "kid"))))
          .with("kid", text(get(&key, "kid")));
}

void check(const Inventory& in, Report& out) {
  for (const GroupKind& kind : {kinds::envoy_filter, kinds::wasm_plugin})
    for (const Resource* resource : in.all(kind))
      if (resource->spec != nullptr) visit(*resource, "spec", *resource->spec, out);
  for (const Resource* authentication : in.all(kinds::request_authentication))
    for (const Value& rule : items(get(authentication->spec, "jwtRules")))
      check_jwks(*authentication, get(&rule, "jwks"), out);
}

}  // namespace

Rule wx023() {
  return {.id = "WX023",
          .slug = "secret-inline",
          .severity = Severity::error,
          .mesh = "Istio",
          .category = "security",
          .title = "a key or password stands in a configuration object",
          .why =
              "Everybody who may read EnvoyFilters, WasmPlugins or the repository has it, and it "
              "shows in the configuration dump of every proxy.",
          .remedy = "revoke it, and put its successor into a Secret that the proxy loads by name",
          .refs = "IST0133",
          .check = check};
}

}  // namespace weft::rules
