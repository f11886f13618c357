#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check_plugin(const Resource& plugin, Report& out) {
  const Value* url = get(plugin.spec, "url");
  const std::string_view where = text(url);
  if (where.empty() || where.starts_with("file://")) return;
  if (where.starts_with("http://")) {
    out.add(plugin, url, "the module is fetched without encryption");
    return;
  }
  if (where.find("@sha256:") == std::string_view::npos && text(get(plugin.spec, "sha256")).empty())
    out.add(plugin, url,
            fmt::format("{} may be another module tomorrow: no digest is given", where));
}

// Envoy's AsyncDataSource, wherever it stands in a patch.
void visit(const Resource& filter, const Value& value, Report& out) {
  const Value* remote = get(&value, "code", "remote");
  const Value* uri = get(remote, "http_uri", "uri");
  if (text(uri).starts_with("http://"))
    out.add(filter, uri, "the module is fetched without encryption");
  else if (uri != nullptr && text(get(remote, "sha256")).empty())
    out.add(filter, uri, "no sha256 is given for the module");
  for (const Member& member : members(&value)) visit(filter, member.value, out);
  for (const Value& item : items(&value)) visit(filter, item, out);
}

void check(const Inventory& in, Report& out) {
  for (const Resource* plugin : in.all(kinds::wasm_plugin)) check_plugin(*plugin, out);
  for (const Resource* filter : in.all(kinds::envoy_filter))
    if (filter->spec != nullptr) visit(*filter, *filter->spec, out);
}

}  // namespace

Rule wx020() {
  return {.id = "WX020",
          .slug = "wasm-unpinned",
          .mesh = "Istio",
          .category = "security",
          .title = "a Wasm module that is not tied to its content",
          .why =
              "The module sees and changes every request. Whoever can move the tag, or answer in "
              "place of the server, puts code into the proxies.",
          .remedy = "fetch it by https or oci, with sha256 or a reference by @sha256 digest",
          .check = check};
}

}  // namespace weft::rules
