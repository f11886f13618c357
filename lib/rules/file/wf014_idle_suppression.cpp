#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

// Found by the engine, which alone knows what a suppression has hidden.
constexpr void (*check)(const Inventory&, Report&) = nullptr;

}  // namespace

Rule wf014() {
  return {.id = "WF014",
          .slug = "idle-suppression",
          .mesh = "all",
          .category = "files",
          .title = "a suppression that hides nothing, names no rule, or has ended",
          .why = "It makes readers believe in a problem that is gone, or hides the next one.",
          .remedy = "delete the comment, or correct it",
          .check = check};
}

}  // namespace weft::rules
