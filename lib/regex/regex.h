// Regular expressions in linear time, whatever the pattern and the text: RE2, the dialect of the
// API server's patterns and of CEL's matches(). The only file that includes the library is
// regex.cpp.
//
//   WEFT_TRY(name, regex::Regex::compile("^[a-z]+$"));
//   if (name.found_in("abc")) ...
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "lib/base/result.h"

namespace weft::regex {

struct Match {
  std::size_t begin = 0;  // in bytes
  std::size_t end = 0;
};

// Safe to use from several threads at once.
class Regex {
 public:
  // An input error with the library's reason when the pattern is not one of RE2's.
  static base::Result<Regex> compile(std::string_view pattern);

  // Anywhere in the text; anchors are the pattern's own matter.
  bool found_in(std::string_view text) const;
  // The leftmost match that begins at `from` or later.
  std::optional<Match> find(std::string_view text, std::size_t from = 0) const;

 private:
  struct Compiled;
  explicit Regex(std::shared_ptr<const Compiled> compiled) : compiled_(std::move(compiled)) {}
  std::shared_ptr<const Compiled> compiled_;
};

}  // namespace weft::regex
