// What service meshes can do, said without naming one: 28 capabilities, each a type that patterns
// use, with the settings it takes and how well each of twelve meshes can express it. One YAML file
// each in catalog/, compiled in.
//
//   WEFT_TRY(retry, capability::find("Retry"));               // by type, id or name; did-you-mean
//   const Cell* cell = retry->on("linkerd");                  // support, fields, what is nearest
//   WEFT_TRY(settings, capability::check(*retry, given));     // see settings.h
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/result.h"
#include "lib/doc/value.h"

namespace weft::capability {

enum class Support {
  first_class,   // fields of its own
  partial,       // some of it, or by a detour
  annotation,    // annotations, labels or values of a chart
  raw,           // raw configuration of Envoy
  experimental,  // interfaces that are not released or may change
  enterprise,    // the paid edition only
  none,
};
std::string_view to_string(Support support);  // "first-class"
std::optional<Support> parse_support(std::string_view text);

enum class Kind { text, integer, percent, duration, boolean, map, object };
std::string_view to_string(Kind kind);

// One setting of a type. Percent is a number from 0 to 100, a duration is written as Go does
// ("1m30s"), a map has texts as values, an object the settings in `fields`.
struct Setting {
  std::string name;
  Kind kind = Kind::text;
  bool list = false;
  bool required = false;
  bool hint = false;  // for meshes that need it; others may pass it by
  std::optional<double> min;
  std::optional<double> max;
  std::vector<std::string> choices;
  doc::Value fallback;  // its default; null when there is none
  std::string about;
  std::vector<Setting> fields;
};

// How one mesh expresses a capability.
struct Cell {
  std::string mesh;  // id in the catalogue of meshes, or "gateway-api", "smi"
  Support support = Support::none;
  std::string since;              // release of the mesh that has it first; empty: all that matter
  std::string until;              // release that has it last; empty: the newest
  std::vector<std::string> uses;  // "VirtualService.networking.istio.io: http[].retries"
  std::string note;
  std::string nearest;  // what to do instead where it cannot be expressed
  std::string source;   // where it is known from that it cannot; empty: that of the column
};

struct Capability {
  std::string id;                    // "traffic.retry"
  std::string type;                  // "Retry": the type in a pattern
  std::string name;                  // "retries": for the command line
  std::vector<std::string> aliases;  // other names of the type
  std::int64_t order = 0;            // place in the matrix, from 1
  std::string title;
  std::string summary;
  std::vector<Setting> settings;
  doc::List examples;       // settings, the usual ones first
  std::vector<Cell> cells;  // in the order of meshes()

  const Cell* on(std::string_view mesh) const;  // nullptr when the mesh has no column
};

struct Column {
  std::string_view mesh;
  std::string_view name;
  std::string_view source;  // what was read to know what the mesh has
};
// The columns of the matrix.
const std::vector<Column>& meshes();
const Column* find_column(std::string_view mesh);

// All that are compiled in, in the order of the matrix.
const std::vector<Capability>& all();
// By type, alias, name or id, in any case. Unknown: a usage error with did-you-mean.
base::Result<const Capability*> find(std::string_view name);
// By exact type or alias: whether a pattern's type is one of these; nullptr when it is not.
const Capability* of_type(std::string_view type);
std::vector<std::string> types();

base::Result<Capability> read_capability(const doc::Document& document);
// What is wrong with the files that are compiled in: nothing, says a test.
std::vector<std::string> builtin_problems();

}  // namespace weft::capability
