#include "lib/compile/encodings.h"

namespace weft::compile {
namespace {

std::optional<doc::Value> as_is(const doc::Value& value, Coding&) { return value; }
std::optional<doc::Value> as_is_back(const doc::Value& value, const Coding&) { return value; }

}  // namespace

const Encoding* find_encoding(std::string_view name) {
  static constexpr Encoding kAsIs{"", as_is, as_is_back};
  if (name.empty()) return &kAsIs;
  for (const auto& group :
       {value_encodings(), list_encodings(), limit_encodings(), route_encodings(),
        caller_encodings(), text_encodings(), envoy_encodings()})
    for (const auto& encoding : group)
      if (encoding.name == name) return &encoding;
  return nullptr;
}

}  // namespace weft::compile
