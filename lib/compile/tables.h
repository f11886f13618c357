// The tables that the compiler works by, in both directions.
//
// meshes/istio.yaml: the kinds of a mesh, in the order objects are applied.
//   VirtualService:
//     group: networking.istio.io
//     versions: {v1: "1.22", v1beta1: "1.8", v1alpha3: ""}    # best first, with first release
//     spec: {hosts: [$service], http: [{route: [{destination: {host: $service}}]}]}
//
// mappings/retries.yaml: how a mesh takes the settings of a capability, one or several variants.
//   istio:
//     fields:
//       attempts: VirtualService http[*].retries.attempts
//       backoff: VirtualService http[*].retries.backoff @1.26
// A field is "Kind path | encoding @since..until"; a list of such stands for several places.
// "a+b" are two settings in one field. See path.h, encoding.h, names.h.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/result.h"
#include "lib/compile/path.h"
#include "lib/doc/value.h"

namespace weft::compile {

// Releases from `since` to `until`, both included; empty is open. A shorter one stands for its
// whole line: 1.9 is not after 1.9.5.
struct Range {
  std::string since;
  std::string until;
  bool has(std::string_view version) const;
  std::string text() const;  // "since 1.27", "until 2.14"
};
// Negative, zero, positive, over the numbers that both have: 1.9 < 1.10, 2.0 == 2.0.3.
int compare_versions(std::string_view a, std::string_view b);

struct KindVersion {
  std::string version;  // "v1beta1"
  Range range;
};

struct KindTable {
  std::string handle;  // how mappings call it: a kind can have several forms
  std::string kind;
  std::string group;
  std::vector<KindVersion> versions;
  std::string name;                   // "$service"
  std::string ns;                     // empty: belongs to no namespace
  Path subject;                       // where in it the service is named; empty: by its own name
  bool partial = false;               // Object::is_partial
  std::vector<std::string> excludes;  // kinds that do not work beside it, on the same service
  doc::Value body;  // what is in it from the start: spec, and what else stands at the root
};

struct MeshTable {
  std::string mesh;
  std::string newest;  // release that is meant when none is named
  std::string root;    // namespace of the control plane
  std::string like;    // mesh whose kinds count for what is not here
  std::vector<KindTable> kinds;
};

struct Place {
  std::string kind;  // handle
  Path path;
  std::string text;  // as written, for messages
};

struct Field {
  std::string setting;  // "attempts", "backends[i].weight", "on+statusCodes"
  Place place;
  std::string encoding;  // "" as it is
  std::string argument;  // of the encoding
  Range range;
};

struct Fixed {
  Place place;
  doc::Value value;  // null: nothing is there
};

struct Variant {
  std::map<std::string, doc::Value> when;  // settings that must have these values
  Range range;
  std::vector<std::string> needs;  // settings without which nothing comes about
  std::vector<Fixed> fixed;        // what makes the capability: recognised by it
  std::vector<Fixed> with;         // what must be there besides
  std::vector<Field> fields;
  std::map<std::string, std::map<std::string, std::string>> values;  // tables of encodings
  std::map<std::string, std::string> missing;                        // setting -> what is nearest
  std::string loses;                                                 // what is lost in any case
  std::string says;                                                  // what should be known besides
  std::vector<std::string> single;  // lists that may hold one item only
  bool one_way = false;             // what it makes is lifted as something else
};

struct Mapping {
  std::string capability;  // its name: "retries"
  bool shapes = false;     // makes rules and backends that others then add to
  std::map<std::string, std::vector<Variant>, std::less<>> meshes;
};

const MeshTable* mesh_table(std::string_view mesh);
// Also among those of the mesh that it is like; nullptr when there is none.
const KindTable* find_kind(const MeshTable& mesh, std::string_view handle);
// All kinds, those of the mesh that it is like last.
std::vector<const KindTable*> kinds_of(const MeshTable& mesh);
const Mapping* mapping_of(std::string_view capability);
// Empty when the mesh has no way to write the capability.
const std::vector<Variant>& variants_of(std::string_view capability, std::string_view mesh);
std::vector<std::string> table_problems();

base::Result<MeshTable> read_mesh_table(const doc::Document& document);
base::Result<Mapping> read_mapping(const doc::Document& document);

}  // namespace weft::compile
