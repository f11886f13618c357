// Lines of the text that load generators print, with their numbers for error messages.
//
//   Lines lines(source);
//   while (lines.next())
//     if (auto rest = after(lines.line(), "Requests/sec:")) qps = base::parse_double(*rest);
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/error.h"
#include "lib/doc/value.h"

namespace weft::smp {

class Lines {
 public:
  explicit Lines(const doc::Source& source) : source_(source), rest_(source.text()) {}

  bool next();                                     // false after the last line
  std::string_view line() const { return line_; }  // trimmed
  base::Error error(std::string message, std::string remedy = {}) const;  // at this line

 private:
  const doc::Source& source_;
  std::string_view rest_;
  std::string_view line_;
  std::uint32_t number_ = 0;
};

// The trimmed text after `label` when the line starts with it.
std::optional<std::string_view> after(std::string_view line, std::string_view label);

// Parts between runs of blanks.
std::vector<std::string_view> words(std::string_view line);

// "1.23ms", "635.00us", "2.00m", "12s" as milliseconds. Absent for "-nanus" and the like.
std::optional<double> time_ms(std::string_view text);

// "748.5", "56.20k", "1.2M": counts in steps of 1000.
std::optional<double> metric_number(std::string_view text);

// "17.76GB", "606K", "12": bytes in steps of 1024.
std::optional<std::uint64_t> binary_size(std::string_view text);

}  // namespace weft::smp
