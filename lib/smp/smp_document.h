// An SMP document in whatever spelling, made uniform before it is read: keys in snake_case of the
// current definition, the dialect named. Names of dialects: D0 the flat document of 2019 and
// 2020, D1 protobuf names (a test profile in a "test" wrapper), D1b the same bare, D2 protojson,
// D3 Meshery's own profile of 2026, D4 Meshery's export of a result, "meshery" its stored profile.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lib/base/result.h"
#include "lib/doc/decode.h"
#include "lib/doc/value.h"

namespace weft::smp {

// Absent when the value is no SMP document of any spelling.
std::optional<std::string> smp_dialect(const doc::Value& root);

struct SmpDocument {
  doc::Document document;  // keys in snake_case; labels, headers and the like as they were
  std::string dialect;
  bool old_numbers = false;  // enums counted from one lower: up to v0.2.1
};

// An input error for a document of another kind, and for one key in two spellings.
base::Result<SmpDocument> open_smp(const doc::Document& document);

// Integers may be text, as protojson writes 64 bits.
void get_integer(doc::Fields& in, std::string_view key, std::optional<std::int64_t>& out);

// What the enum fields may hold, in any spelling; a failure of `in` for other words.
void get_mesh_type(doc::Fields& in, std::string_view key, bool old_numbers, std::string& out);
void get_protocol(doc::Fields& in, std::string_view key, bool old_numbers, std::string& out);

// One warning for the keys that nobody has read.
void warn_unknown(const doc::Fields& in, std::vector<std::string>& warnings);

}  // namespace weft::smp
