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

void place(doc::Value& value, doc::Position outer, bool foreign) {
  if (foreign || value.position().line == 0) value.set_position(outer);
  const doc::Position here = value.position();
  if (value.is_list())
    for (doc::Value& item : value.items()) place(item, here, foreign);
  if (!value.is_map()) return;
  for (doc::Member& member : value.members()) {
    const bool is_placed = !foreign && member.key_position.line != 0;
    place(member.value, is_placed ? member.key_position : here, foreign);
    if (!is_placed) member.key_position = member.value.position();
  }
}

}  // namespace

doc::Manifest placed(doc::Value object, std::shared_ptr<const doc::Source> source, doc::Position at,
                     bool foreign) {
  place(object, at, foreign);
  return {{std::move(object), std::move(source)}, {}};
}

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
