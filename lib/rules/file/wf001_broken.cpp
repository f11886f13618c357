#include "lib/rules/file/alias_bomb.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const auto& file : in.files())
    for (const base::Error& error : file.broken) {
      if (is_alias_bomb(error)) continue;
      std::string message = error.message;
      if (!error.remedy.empty()) message += "; " + error.remedy;
      out.add(file.source, {error.where.line, error.where.column}, std::move(message));
    }
}

}  // namespace

Rule wf001() {
  return {.id = "WF001",
          .slug = "broken-document",
          .severity = Severity::error,
          .mesh = "all",
          .category = "files",
          .title = "a document cannot be read",
          .why =
              "kubectl and every controller refuse the document; the rest of the file is still "
              "checked here.",
          .remedy = "correct the syntax at the place shown",
          .refs = "IST0106",
          .check = check};
}

}  // namespace weft::rules
