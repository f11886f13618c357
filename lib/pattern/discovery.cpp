#include "lib/pattern/discovery.h"

#include <set>

#include "lib/base/format.h"
#include "lib/doc/read.h"
#include "lib/kube/errors.h"

namespace weft::pattern {
namespace {

using base::Result;

Result<doc::Document> ask(kube::Cluster& cluster, const std::string& path) {
  WEFT_TRY(body, cluster.raw(path));
  return doc::read_json(doc::Source(path, std::move(body)));
}

// What is not served is left to the server's own error when the object is applied.
Result<void> add_version(kube::Cluster& cluster, const std::string& api_version,
                         const std::set<std::string>& wanted, Types& types) {
  auto document = ask(cluster, "/apis/" + api_version);
  if (!document.ok())
    return kube::failure_of(document.error()) == kube::Failure::not_found
               ? Result<void>()
               : Result<void>(document.error());
  for (const doc::Value& resource : kube::list_at(document->root, {"resources"})) {
    const std::string kind(kube::text_at(resource, {"kind"}));
    const bool is_part = kube::text_at(resource, {"name"}).find('/') != std::string_view::npos;
    if (!is_part && wanted.contains(kind))
      types.add(kind, {api_version, kube::bool_at(resource, {"namespaced"})});
  }
  return {};
}

}  // namespace

Result<void> discover(kube::Cluster& cluster, const Pattern& pattern, Types& types) {
  std::set<std::string> kinds, versions;
  bool everywhere = false;
  for (const Service& service : pattern.services) {
    if (types.knows(service)) continue;
    kinds.insert(bare(service.type.text).name);
    if (service.api_version.empty())
      everywhere = true;
    else if (service.api_version.find('/') != std::string::npos)
      versions.insert(service.api_version);
  }
  if (everywhere) {
    WEFT_TRY(groups, ask(cluster, "/apis"));
    for (const doc::Value& group : kube::list_at(groups.root, {"groups"}))
      versions.emplace(kube::text_at(group, {"preferredVersion", "groupVersion"}));
  }
  for (const std::string& version : versions)
    WEFT_CHECK(add_version(cluster, version, kinds, types));
  return {};
}

}  // namespace weft::pattern
