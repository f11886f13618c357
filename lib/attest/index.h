// A public list of signed statements, one line of JSON each, that can only grow: a line holds the
// digest of the line before it, so that nobody can change or remove one unnoticed. It lives in git
// or on any file server and is checked offline.
//
//   WEFT_TRY(line, attest::next_line(index_text, "index.jsonl", {.name = "runs/1.json", ...}));
//   append(path, line);
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lib/base/clock.h"
#include "lib/base/result.h"

namespace weft::attest {

inline constexpr std::size_t kMostIndexEntries = 100'000;

struct IndexEntry {
  std::string name{};    // a relative path, from the folder of the index
  std::string sha256{};  // of the file
  base::WallTime added{};
};

// Every line, in order. A line that does not follow from the one before it is an error with exit
// code `invalid` and its number; a line that is no entry is an input error.
base::Result<std::vector<IndexEntry>> read_index(std::string_view text, std::string_view source);

// The line to append, with its line end. Errors: those of read_index, and a file that is listed.
base::Result<std::string> next_line(std::string_view text, std::string_view source,
                                    const IndexEntry& entry);

// `later` begins with all of `earlier`: else an error with exit code `invalid`.
base::Result<void> check_grown(std::string_view earlier, std::string_view later,
                               std::string_view source);

}  // namespace weft::attest
