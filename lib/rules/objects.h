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

// An object that a program made from what stands in `source` at `at`. What has a position keeps it,
// the rest stands where what is around it does; when the positions are `foreign`, of a template,
// all of it stands there.
doc::Manifest placed(doc::Value object, std::shared_ptr<const doc::Source> source, doc::Position at,
                     bool foreign);

// Every kind among the objects, also inside lists: what schemas are needed for.
std::set<schema::KindName> kinds_of(std::span<const doc::Manifests> files);

}  // namespace weft::rules
