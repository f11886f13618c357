#include "lib/pattern/reading/shipped.h"

#include <algorithm>
#include <array>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/doc/decode.h"
#include "lib/doc/read.h"
#include "lib/doc/write.h"
#include "lib/pattern/builtin.h"

namespace weft::pattern {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;
using doc::Value;

constexpr std::array<std::string_view, 6> kAreas{"It is a mesh out there",
                                                 "Initialization and deployment",
                                                 "Configuration",
                                                 "Operation",
                                                 "Performance, testing, debugging, tuning",
                                                 "Employing standards"};
constexpr std::string_view kConcepts = "concepts";

struct Builtin {
  std::vector<Shipped> entries;
  std::vector<std::string> problems;
};

Result<Shipped> read_concept(const doc::Document& document, const Value& value) {
  Shipped out;
  doc::Fields in(document, value, "", doc::Unknown::refused);
  in.need("id", out.id).need("name", out.name).need("area", out.area);
  in.need("category", out.category).need("summary", out.summary).need("instead", out.instead);
  WEFT_CHECK(in.done());
  return out;
}

Result<Shipped> read_entry(const doc::Document& document, std::string_view id) {
  Shipped out;
  out.id = id;
  doc::Fields in(document);
  in.need("name", out.name).need("area", out.area).need("category", out.category);
  in.need("summary", out.summary).need("purpose", out.purpose);
  in.need("when", out.when).need("watch", out.watch);
  in.require("vars");
  in.require("services");
  const Value* vars = in.find("vars");
  const Value* services = in.find("services");
  WEFT_CHECK(in.done());
  out.document.set("name", out.id).set("vars", *vars).set("services", *services);
  return out;
}

std::size_t place_of(const Shipped& entry) {
  return static_cast<std::size_t>(std::ranges::find(kAreas, entry.area) - kAreas.begin());
}

Builtin read_builtin() {
  Builtin result;
  const auto keep = [&result](std::string_view file, Result<Shipped> entry) {
    if (!entry.ok())
      result.problems.push_back(fmt::format("{}: {}", file, entry.error().message));
    else if (place_of(*entry) == kAreas.size())
      result.problems.push_back(fmt::format("{}: no area \"{}\"", file, entry->area));
    else
      result.entries.push_back(*std::move(entry));
  };
  for (const auto& file : builtin_patterns()) {
    auto document = doc::read(doc::Source(std::string(file.name), std::string(file.text)));
    if (!document.ok())
      keep(file.name, document.error());
    else if (file.name == kConcepts)
      for (const Value& one : document->root.items()) keep(file.name, read_concept(*document, one));
    else
      keep(file.name, read_entry(*document, file.name));
  }
  std::ranges::stable_sort(result.entries, [](const Shipped& a, const Shipped& b) {
    return std::pair(place_of(a), std::string_view(a.id)) <
           std::pair(place_of(b), std::string_view(b.id));
  });
  return result;
}

const Builtin& builtin() {
  static const Builtin result = read_builtin();
  return result;
}

}  // namespace

const std::vector<Shipped>& shipped() { return builtin().entries; }

std::vector<std::string> shipped_problems() { return builtin().problems; }

Result<const Shipped*> find_shipped(std::string_view name) {
  std::vector<std::string> ids;
  for (const Shipped& entry : shipped()) {
    if (base::equal_ignoring_case(entry.id, name) || base::equal_ignoring_case(entry.name, name))
      return &entry;
    ids.push_back(entry.id);
  }
  return Error{
      ExitCode::usage,
      fmt::format("no shipped pattern is called {}{}", name, base::did_you_mean(name, ids)),
      "weft pattern catalog list"};
}

Result<doc::Source> source_of(const Shipped& entry) {
  if (!entry.executable())
    return Error{ExitCode::usage,
                 fmt::format("{} is a concept: there is nothing to apply", entry.id),
                 entry.instead};
  return doc::Source(fmt::format("{}{}", kShippedPrefix, entry.id),
                     doc::write_yaml(entry.document));
}

}  // namespace weft::pattern
