// Reading manifests without fear: every helper takes a null pointer or a value of the wrong shape
// and answers with "nothing", because whether the shape is right is another rule's business.
//
//   for (const Value& route : items(get(vs.spec, "http")))
//     use(text(get(&route, "destination", "host")));
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "lib/doc/value.h"

namespace weft::rules {

using doc::Member;
using doc::Value;

inline const Value* get(const Value* value) { return value; }
// The value under a chain of keys, nullptr where it breaks off. Null counts as absent.
template <typename... Keys>
const Value* get(const Value* value, std::string_view key, Keys... keys) {
  const Value* inner = value == nullptr ? nullptr : value->find(key);
  return inner == nullptr || inner->is_null() ? nullptr : get(inner, keys...);
}

std::string_view text(const Value* value);                // "" when it is not a string
std::optional<std::int64_t> integer(const Value* value);  // a string of digits counts
bool is_true(const Value* value);                         // true or "true"
std::span<const Value> items(const Value* value);
std::span<const Member> members(const Value* value);

// What `scalar` looks like to a reader of the file: "8080", "true"; "" for lists and maps.
std::string scalar_text(const Value* value);

// The same text for equal values, whatever the order of their keys.
std::string canonical(const Value& value);

// The place of `value` in `root` as a JSON pointer: "/spec/http/0/route"; "" when it is not there.
std::string pointer_to(const Value& root, const Value* value);

}  // namespace weft::rules
