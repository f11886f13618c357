#include "lib/pattern/resolving/coverage.h"

#include <algorithm>

#include "lib/base/format.h"
#include "lib/capability/capability.h"
#include "lib/pattern/reading/read.h"
#include "lib/pattern/resolving/resolve.h"

namespace weft::pattern {
namespace {

using base::Result;

bool has_objects(const Resolution& resolution) {
  return std::ranges::any_of(resolution.parts,
                             [](const Part& part) { return !part.objects.empty(); });
}

Covered cover(const Shipped& entry, const Pattern& pattern, const std::string& mesh,
              const Types& types, const mesh::Catalog& catalog) {
  Covered out{.pattern = &entry, .mesh = mesh, .how = How::whole, .reason = {}};
  Notes notes;
  ResolveOptions options{.mesh = mesh};
  const auto whole = resolve(pattern, types, catalog, options, notes);
  if (whole.ok()) return out;
  out.reason = whole.error().message;
  if (!whole.error().remedy.empty()) out.reason += "; " + whole.error().remedy;
  options.allow_loss = true;
  const auto lossy = resolve(pattern, types, catalog, options, notes);
  out.how = lossy.ok() && has_objects(*lossy) ? How::partial : How::none;
  return out;
}

}  // namespace

std::string_view name_of(How how) {
  switch (how) {
    case How::whole:
      return "whole";
    case How::partial:
      return "partial";
    case How::none:
      return "none";
  }
  return "";
}

Result<std::vector<Covered>> coverage(const mesh::Catalog& catalog) {
  WEFT_TRY(types, Types::make(catalog));
  std::vector<Covered> out;
  for (const Shipped& entry : shipped()) {
    if (!entry.executable()) continue;
    WEFT_TRY(source, source_of(entry));
    WEFT_TRY(reading, read(std::move(source), {}));
    for (const auto& column : capability::meshes())
      out.push_back(cover(entry, reading.pattern, std::string(column.mesh), types, catalog));
  }
  return out;
}

}  // namespace weft::pattern
