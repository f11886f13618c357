#include "lib/cel/function.h"

#include <algorithm>
#include <map>

namespace weft::cel {
namespace {

using Index = std::multimap<std::string_view, const Overload*>;

const Index& index() {
  static const Index all = [] {
    Index made;
    for (const auto table :
         {core_functions(), string_functions(), list_functions(), time_functions(), url_functions(),
          address_functions(), quantity_functions(), format_functions()})
      for (const Overload& overload : table) made.emplace(overload.name, &overload);
    return made;
  }();
  return all;
}

}  // namespace

std::vector<const Overload*> find_overloads(std::string_view name, bool member, std::size_t count) {
  std::vector<const Overload*> found;
  const auto [first, last] = index().equal_range(name);
  for (auto at = first; at != last; ++at) {
    const Overload& overload = *at->second;
    if (overload.parameters.size() == count &&
        overload.style != (member ? Style::global : Style::member))
      found.push_back(&overload);
  }
  return found;
}

bool is_function(std::string_view name) { return index().contains(name); }

std::vector<std::string> function_names() {
  std::vector<std::string> names;
  for (const auto& [name, overload] : index())
    if (names.empty() || names.back() != name) names.emplace_back(name);
  return names;
}

}  // namespace weft::cel
