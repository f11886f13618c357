// The lines of a source by number, for excerpts and comments.
#pragma once

#include <string_view>
#include <vector>

#include "lib/doc/value.h"

namespace weft::rules {

class Lines {
 public:
  explicit Lines(const doc::Source& source) {
    for (std::string_view rest = source.text();;) {
      const std::size_t end = rest.find('\n');
      lines_.push_back(rest.substr(0, end));
      if (end == std::string_view::npos) return;
      rest.remove_prefix(end + 1);
    }
  }

  std::size_t size() const { return lines_.size(); }
  // Counted from 1; empty beyond the end.
  std::string_view operator[](std::uint32_t number) const {
    return number == 0 || number > lines_.size() ? std::string_view() : lines_[number - 1];
  }

 private:
  std::vector<std::string_view> lines_;
};

}  // namespace weft::rules
