// Helm values as people give them, and values in general by dotted path.
//
//   WEFT_CHECK(set_path(values, "global.proxy.image", "x"));
//   WEFT_TRY(given, parse_set("pilot.replicas=2,meshConfig.accessLogFile=/dev/stdout"));
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lib/base/result.h"
#include "lib/doc/value.h"

namespace weft::lifecycle {

// Where a value goes: map keys and list indices. In text: a.b[0].c, a dot in a key is written \.
base::Result<void> set_path(doc::Value& values, std::string_view path, doc::Value value);
const doc::Value* find_path(const doc::Value& values, std::string_view path);

struct Assignment {
  std::string path;
  doc::Value value;
};
// helm's grammar of --set: a=1,b={x,y},c=null; true, false, null and integers are typed, a comma
// in a value is written \,.
base::Result<std::vector<Assignment>> parse_set(std::string_view text);

// Keys whose values are secrets by their name (password, token, key, secret, license ...) with
// their text replaced: what a record may keep. `known`: texts that are secrets under any key.
doc::Value without_secrets(const doc::Value& values, const std::set<std::string>& known = {});
// Puts back what without_secrets() took out, from the place where it still is: the values of the
// release. False when one is not there.
bool restore_secrets(doc::Value& recorded, const doc::Value& release);

// SHA-256 of the values' canonical JSON (keys sorted): equal for equal values.
std::string hash_of(const doc::Value& values);

}  // namespace weft::lifecycle
