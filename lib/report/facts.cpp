#include "lib/report/facts.h"

#include "lib/base/format.h"
#include "lib/base/markup.h"
#include "lib/report/html.h"

namespace weft::report {

void Facts::add(std::string_view name, std::string_view value) {
  if (!value.empty()) facts_.emplace_back(name, value);
}

std::string Facts::html() const {
  if (facts_.empty()) return {};
  std::string out = "<dl class=\"facts\">\n";
  for (const auto& [name, value] : facts_)
    out += fmt::format("<dt>{}</dt><dd>{}</dd>\n", base::escape_markup(name),
                       base::escape_markup(value));
  return out + "</dl>\n";
}

}  // namespace weft::report
