#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"
#include "lib/rules/security/policy.h"

namespace weft::rules {
namespace {

// "example.com" does not match example.com:8080; a port or a * at the end covers that.
bool is_exact_host(std::string_view host) {
  return !host.ends_with('*') && host.find(':') == std::string_view::npos;
}

// All paths, or those that begin with it in whatever spelling.
bool is_any(std::string_view path) { return path == "*" || path == "/*" || path == "/"; }

void check(const Inventory& in, Report& out) {
  const bool is_normal = merges_slashes(in);
  for (const Resource* policy : in.all(kinds::authorization_policy)) {
    if (text(get(policy->spec, "action")) != "DENY") continue;
    for_each_operation(*policy, "hosts", [&](const Value& host) {
      if (is_exact_host(text(&host)))
        out.add(*policy, &host,
                fmt::format("{} with a port in the Host header, or in capitals, gets past",
                            text(&host)))
            .with("host", text(&host));
    });
    for_each_operation(*policy, "paths", [&](const Value& path) {
      if (!is_normal && !is_any(text(&path)))
        out.add(*policy, &path,
                fmt::format("the application may take other spellings of {} for it, like //, and "
                            "they get past",
                            text(&path)))
            .with("path", text(&path));
    });
  }
}

}  // namespace

Rule wx005() {
  return {.id = "WX005",
          .slug = "deny-by-spelling",
          .mesh = "Istio",
          .category = "security",
          .title = "a DENY policy that goes by the spelling of a path or host",
          .why =
              "It denies what is written like this and nothing else. A doubled slash, an escaped "
              "letter or a port in the Host header reaches the same page under another spelling.",
          .remedy =
              "allow what is wanted instead, and set pathNormalization of the mesh to "
              "MERGE_SLASHES or stronger; end hosts in a second entry with :*",
          .check = check};
}

}  // namespace weft::rules
