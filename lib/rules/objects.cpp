#include "lib/rules/objects.h"

#include "lib/base/format.h"
#include "lib/doc/write.h"
#include "lib/rules/fields.h"

namespace weft::rules {
namespace {

using Named = std::set<std::pair<std::string_view, std::string_view>>;  // apiVersion and kind

void collect(const doc::Value& object, Named& out) {
  const std::string_view kind = text(get(&object, "kind"));
  const std::string_view version = text(get(&object, "apiVersion"));
  if (kind.ends_with("List"))
    for (const doc::Value& item : items(get(&object, "items"))) collect(item, out);
  else if (!kind.empty() && !version.empty())
    out.emplace(version, kind);
}

}  // namespace

doc::Manifests manifests_of(const doc::Value& object, std::string_view origin) {
  const std::string_view ns = text(get(&object, "metadata", "namespace"));
  return doc::read_manifests(
      doc::Source(fmt::format("{}: {} {}{}{}", origin, text(get(&object, "kind")), ns,
                              ns.empty() ? "" : "/", text(get(&object, "metadata", "name"))),
                  doc::write_yaml(object)));
}

std::set<schema::KindName> kinds_of(std::span<const doc::Manifests> files) {
  Named named;
  for (const auto& file : files)
    for (const auto& manifest : file.documents) collect(manifest.document.root, named);
  std::set<schema::KindName> kinds;
  for (const auto& [version, kind] : named) kinds.insert(schema::kind_name(version, kind));
  return kinds;
}

}  // namespace weft::rules
