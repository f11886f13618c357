// Objects that come from a program, not from a file: live ones, rendered charts. Each becomes a
// document of its own with a text to point at.
//
//   inputs.push_back(rules::manifests_of(object, "cluster"));  // "cluster: Service shop/reviews"
#pragma once

#include <set>
#include <span>
#include <string_view>

#include "lib/doc/read.h"
#include "lib/schema/schema_set.h"

namespace weft::rules {

doc::Manifests manifests_of(const doc::Value& object, std::string_view origin);

// Every kind among the objects, also inside lists: what schemas are needed for.
std::set<schema::KindName> kinds_of(std::span<const doc::Manifests> files);

}  // namespace weft::rules
