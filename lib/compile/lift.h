// The reverse of compile(): resources of a mesh become capabilities that any mesh can be given.
// With both, what was written for Open Service Mesh or SMI becomes Istio or the Gateway API.
//
//   WEFT_TRY(lifted, compile::lift(objects, {.mesh = "osm"}));
//   WEFT_TRY(compiled, compile::compile(lifted.intents, {.mesh = "istio"}));
//
// Whatever the intents would not bring back when they are written for the same mesh is a loss.
#pragma once

#include "lib/compile/compile.h"

namespace weft::compile {

struct Lifted {
  std::vector<Intent> intents;      // by service, in the order of the matrix
  std::vector<doc::Value> kept;     // objects that are of no mesh, or that nothing was made of
  std::vector<std::string> losses;  // "VirtualService shop/reviews: spec.tls has no counterpart"
};

// `from.version` decides which form of a policy is looked for; the newest when it is empty.
base::Result<Lifted> lift(const std::vector<doc::Value>& objects, const Target& from);

// The mesh whose kinds most of the objects are; empty when none is recognised.
std::string mesh_of(const std::vector<doc::Value>& objects);

// Whether objects of that API group are a mesh's own, which may be lifted from it; any mesh when
// none is named.
bool is_lifted_group(std::string_view group, std::string_view mesh);
// Whether it is a setting of the whole mesh, in the namespace of the control plane or in none.
bool is_mesh_wide(const doc::Value& object);

// A pattern with a service for each intent and each object that is kept.
doc::Value pattern_of(const Lifted& lifted, const std::string& name);

}  // namespace weft::compile
