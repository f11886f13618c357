// The encodings by subject; find_encoding() joins them.
#pragma once

#include <span>

#include "lib/compile/encoding.h"

namespace weft::compile {

std::span<const Encoding> value_encodings();   // numbers, durations, names
std::span<const Encoding> list_encodings();    // lists and maps of texts, by tables of values
std::span<const Encoding> limit_encodings();   // rates, shares and what is derived from them
std::span<const Encoding> route_encodings();   // matches by header
std::span<const Encoding> caller_encodings();  // identities of callers
std::span<const Encoding> text_encodings();    // settings inside texts, rules of an Ingress
std::span<const Encoding> envoy_encodings();   // raw configuration of Envoy

}  // namespace weft::compile
