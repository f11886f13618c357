// Names with values: the definition lists of a page.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weft::report {

class Facts {
 public:
  // An empty or absent value is left out: what is not known is not shown.
  void add(std::string_view name, std::string_view value);
  template <typename T, typename Format>
  void add(std::string_view name, const std::optional<T>& value, Format format) {
    if (value) add(name, format(*value));
  }
  std::string html() const;  // empty without any fact

  const std::vector<std::pair<std::string, std::string>>& all() const { return facts_; }

 private:
  std::vector<std::pair<std::string, std::string>> facts_;
};

}  // namespace weft::report
