// The patterns of the book that are compiled in (patterns/*.yaml): those that can be applied as
// they are, with variables, and the ones that are knowledge or procedures, with what weft offers
// for them.
//
//   WEFT_TRY(entry, find_shipped("canary"));
//   if (entry->executable()) WEFT_TRY(reading, read(source_of(*entry), {.vars = vars}));
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lib/base/result.h"
#include "lib/doc/value.h"

namespace weft::pattern {

struct Shipped {
  std::string id;  // "canary"
  std::string name;
  std::string area;
  std::string category;
  std::string summary;
  std::string purpose;  // a paragraph each; empty for concepts
  std::string when;
  std::string watch;
  std::string instead;  // of concepts: what to use
  doc::Value document;  // the pattern; null for concepts

  bool executable() const { return !document.is_null(); }
  const doc::Value* vars() const { return document.find("vars"); }
};

// In the order of the book: by area, then by id.
const std::vector<Shipped>& shipped();
// By id or name, in any case. Unknown: a usage error with did-you-mean.
base::Result<const Shipped*> find_shipped(std::string_view name);

// As `weft pattern` commands read it: "catalog:canary". A usage error for a concept.
inline constexpr std::string_view kShippedPrefix = "catalog:";
base::Result<doc::Source> source_of(const Shipped& entry);

// What is wrong with the files that are compiled in: nothing, says a test.
std::vector<std::string> shipped_problems();

}  // namespace weft::pattern
