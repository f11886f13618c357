// Objects of a mesh as forms of its kinds: which table row wrote an object like this, and about
// which service. The way from objects back to intents begins here.
//
//   if (auto piece = piece_of(object, mesh)) piece->names.service;   // "reviews"
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "lib/compile/names.h"
#include "lib/compile/tables.h"
#include "lib/doc/value.h"

namespace weft::compile {

// Empty where there is no text.
std::string text_at(const doc::Value& object, std::initializer_list<std::string_view> path);
std::string group_of(const doc::Value& object);  // "" of the core group
bool is_of(const doc::Value& object, const KindTable& kind);

// What tells an object or a service from others, in one text.
template <typename... Parts>
std::string key_of(const Parts&... parts) {
  std::string key;
  ((key += parts, key += '\n'), ...);
  return key;
}

// An object as one form of its kind, and the service that it is about.
struct Piece {
  const KindTable* kind = nullptr;
  const doc::Value* object = nullptr;
  Names names;
  int fit = 0;  // how much of the form is there
};

// As the form that fits best; nothing when it is of none.
std::optional<Piece> piece_of(const doc::Value& object, const MeshTable& mesh);

}  // namespace weft::compile
