#include "lib/rules/file/alias_bomb.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const auto& file : in.files())
    for (const base::Error& error : file.broken)
      if (is_alias_bomb(error))
        out.add(file.source, {error.where.line, error.where.column}, error.message);
}

}  // namespace

Rule wf013() {
  return {
      .id = "WF013",
      .slug = "alias-bomb",
      .severity = Severity::error,
      .mesh = "all",
      .category = "files",
      .title = "aliases that expand to too much",
      .why =
          "A few lines of anchors within anchors become millions of values. kubectl and the API "
          "server refuse such a document, and readers that do not run out of memory.",
      .remedy = "write the values out, or generate the file",
      .check = check};
}

}  // namespace weft::rules
