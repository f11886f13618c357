// Files that look like results and are none: what each is, and where it can be used instead.
#pragma once

#include <optional>
#include <string_view>

#include "lib/base/error.h"
#include "lib/doc/value.h"

namespace weft::smp {

bool is_known_not_result(const doc::Value& root);

// The refusal of a document, or of text that is neither JSON nor YAML, that is known not to be
// a result; nothing for the unknown.
std::optional<base::Error> refusal_of(const doc::Document& document);
std::optional<base::Error> refusal_of(const doc::Source& source);

}  // namespace weft::smp
