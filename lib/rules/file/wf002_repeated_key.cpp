#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const auto& file : in.files())
    for (const auto& manifest : file.documents)
      for (const doc::Repeated& repeated : manifest.repeated)
        out.add(file.source, repeated.at,
                fmt::format("the key \"{}\" stands twice; the value at line {} is lost",
                            repeated.key, repeated.first.line))
            .with("key", repeated.key);
}

}  // namespace

Rule wf002() {
  return {.id = "WF002",
          .slug = "repeated-key",
          .mesh = "all",
          .category = "files",
          .title = "the same key twice in one map",
          .why = "kubectl keeps the last value in silence, strict readers refuse the document.",
          .remedy = "delete one of the two",
          .refs = "IST0106",
          .check = check};
}

}  // namespace weft::rules
