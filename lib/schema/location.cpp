#include "lib/schema/location.h"

#include <algorithm>

#include "lib/base/text.h"
#include "lib/doc/read.h"

namespace weft::schema {
namespace {

bool is_plain(std::string_view name) {
  return !name.starts_with('.') && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
  });
}

}  // namespace

bool is_template(std::string_view location) {
  return location.find("{kind}") != std::string_view::npos;
}

std::optional<std::string> expand(std::string_view location, const KindName& name) {
  struct Part {
    std::string_view placeholder;
    std::string text;
  };
  const Part parts[] = {{"{group}", name.group.empty() ? "core" : base::lower(name.group)},
                        {"{version}", base::lower(name.version)},
                        {"{kind}", base::lower(name.kind)}};
  std::string out;
  while (!location.empty()) {
    const Part* here = std::find_if(std::begin(parts), std::end(parts), [&](const Part& part) {
      return location.starts_with(part.placeholder);
    });
    if (here == std::end(parts)) {
      out += location.front();
      location.remove_prefix(1);
      continue;
    }
    if (here->text.empty() || !is_plain(here->text)) return std::nullopt;
    out += here->text;
    location.remove_prefix(here->placeholder.size());
  }
  return out;
}

base::Result<void> add_located(SchemaSet& set, const KindName& name, doc::Source source) {
  const std::string origin = source.name();
  WEFT_TRY(document, doc::read(std::move(source)));
  const doc::Value* kind = document.root.find("kind");
  if (kind != nullptr && kind->is_string() && kind->string() == "CustomResourceDefinition")
    return set.add_definition(document.root, origin);
  if (!document.root.is_map())
    return document.error(document.root.position(), "this is no schema", "expected a JSON Schema");
  set.add(name, document.root, Dialect::json_schema, origin);
  return {};
}

}  // namespace weft::schema
