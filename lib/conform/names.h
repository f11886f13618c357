// "$name" in the texts of suites and templates. Names are put in after parsing, scalar by scalar,
// so a value can never change the structure around it. A text that is nothing but "$name" becomes
// the value, whatever it is; inside a longer text the value must be a text or number. "${name}"
// ends a name that letters follow; a dollar sign before anything else is one.
//
//   Names names{{"apex", "apex-ts-7"}, {"backends", list}};
//   WEFT_TRY(object, fill(document, document.root, names));
#pragma once

#include <map>
#include <string>

#include "lib/base/result.h"
#include "lib/doc/value.h"

namespace weft::conform {

using Names = std::map<std::string, doc::Value, std::less<>>;

inline constexpr std::size_t kMaxFilledNodes = 20'000;

// An unbound name is an input error at its place in `document`, with did-you-mean.
base::Result<doc::Value> fill(const doc::Document& document, const doc::Value& value,
                              const Names& names);

}  // namespace weft::conform
