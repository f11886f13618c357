// The files with bodies that a list of targets names. Workers on other machines get them beside the
// list as one text, JSON: {"pay.json": "the body in base64"}.
//
//   WEFT_TRY(bodies, read_bodies(*spec.targets));
//   files["target-bodies"] = pack_bodies(bodies);
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "lib/base/result.h"
#include "lib/perf/spec.h"

namespace weft::perf {

using Bodies = std::map<std::string, std::string>;  // what is in a file, by its name in the list

// One file, sought beside the list unless its path is absolute. Input errors name it.
base::Result<std::string> read_body(const NamedText& targets, const std::string& path);
// All that the list names, each once. Input errors also where the list cannot be read.
base::Result<Bodies> read_bodies(const NamedText& targets);

std::string pack_bodies(const Bodies& bodies);
base::Result<Bodies> unpack_bodies(std::string_view source, std::string_view text);

}  // namespace weft::perf
