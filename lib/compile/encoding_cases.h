// For tests of encodings: what a value becomes in a mesh, and what it is read back as, in YAML.
//
//   check({{"seconds", "1m30s", "90"}, {"seconds", "1500ms", "2", .loss = "1.5s is rounded up to 2
//   s",
//           .back = "2s"}});
#pragma once

#include <catch2/catch.hpp>

#include <string>
#include <vector>

#include "lib/base/text.h"
#include "lib/compile/encoding.h"
#include "lib/doc/read.h"
#include "lib/doc/write.h"

namespace weft::compile {

struct Case {
  std::string encoding;    // "word(lower)", as mappings name it
  std::string value;       // of the setting
  std::string encoded;     // empty: cannot be written
  std::string loss = "";   // empty: nothing is lost
  std::string back = "=";  // what is read back: "=" the value itself, empty nothing
};

inline doc::Value yaml(const std::string& text) {
  auto read = doc::read_yaml(doc::Source("case.yaml", text));
  REQUIRE(read.ok());
  return read->front().root;
}

inline std::string json(const std::optional<doc::Value>& value) {
  return value ? std::string(base::trim(doc::write_json(*value, 0))) : std::string();
}

inline Names case_names() {
  return {.service = "reviews",
          .ns = "shop",
          .root = "mesh-system",
          .client = {},
          .client_ns = {},
          .labels = {},
          .port = 80};
}

struct Prepared {
  std::string name;
  std::string argument;
};
inline Prepared prepared(const std::string& text) {
  const auto open = text.find('(');
  if (open == std::string::npos) return {text, ""};
  return {text.substr(0, open), text.substr(open + 1, text.size() - open - 2)};
}

inline void check(const std::vector<Case>& cases, const Variant& variant = {}) {
  const Names names = case_names();
  for (const Case& one : cases) {
    const auto [name, argument] = prepared(one.encoding);
    INFO(one.encoding << " of " << one.value);
    const Encoding* encoding = find_encoding(name);
    REQUIRE(encoding != nullptr);
    Coding coding{names, variant, argument, {}};
    const doc::Value value = yaml(one.value);
    const auto encoded = encoding->encode(value, coding);
    CHECK(json(encoded) == (one.encoded.empty() ? "" : json(yaml(one.encoded))));
    CHECK((coding.losses.empty() ? "" : coding.losses.front()) == one.loss);
    if (!encoded) continue;
    const auto back = encoding->decode(*encoded, coding);
    if (one.back == "=")
      CHECK(json(back) == json(value));
    else
      CHECK(json(back) == (one.back.empty() ? "" : json(yaml(one.back))));
  }
}

// Values of a mesh that are none of these: they are left to whoever reads the object.
inline void check_foreign(const std::string& encoding, const std::vector<std::string>& values,
                          const Variant& variant = {}) {
  const Names names = case_names();
  const auto [name, argument] = prepared(encoding);
  for (const std::string& value : values) {
    INFO(encoding << " read from " << value);
    const Coding coding{names, variant, argument, {}};
    CHECK(json(find_encoding(name)->decode(yaml(value), coding)).empty());
  }
}

}  // namespace weft::compile
