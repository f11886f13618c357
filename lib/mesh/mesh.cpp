#include "lib/mesh/mesh.h"

#include "lib/mesh/names.h"

namespace weft::mesh {
namespace {

template <typename E>
std::string_view name_of(E value) {
  for (const auto& row : kNames<E>)
    if (row.value == value) return row.name;
  return {};
}

}  // namespace

const Step* Mesh::step(std::string_view step_name) const { return by_name(steps, step_name); }
const Feature* Mesh::feature(std::string_view feature_name) const {
  return by_name(features, feature_name);
}
const Mode* Mesh::mode(std::string_view mode_name) const { return by_name(modes, mode_name); }

std::string_view to_string(Kind kind) { return name_of(kind); }
std::string_view to_string(State state) { return name_of(state); }
std::string_view to_string(Driver driver) { return name_of(driver); }
std::string_view to_string(Crds crds) { return name_of(crds); }
std::string_view to_string(LeftoverDelete remove) { return name_of(remove); }
std::string_view to_string(CleanupAction action) { return name_of(action); }
std::string_view to_string(Support support) { return name_of(support); }

bool fits(std::string_view pattern, std::string_view text) {
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;
  std::size_t mark = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      mark = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++mark;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace weft::mesh
