// The words for the enums of a run, as files and people use them. Unknown has no word: "".
//
//   smp::name_of(Verdict::suspect)            // "suspect"
//   smp::find_name<Verdict>("suspect")        // Verdict::suspect; absent for other words
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "lib/smp/run.h"

namespace weft::smp {

template <typename T>
struct Named {
  T value;
  std::string_view name;
};

constexpr std::array<Named<Loop>, 2> names(Loop) {
  return {{{Loop::closed, "closed"}, {Loop::open, "open"}}};
}
constexpr std::array<Named<Omission>, 2> names(Omission) {
  return {{{Omission::corrected, "corrected"}, {Omission::uncorrected, "uncorrected"}}};
}
constexpr std::array<Named<Verdict>, 3> names(Verdict) {
  return {
      {{Verdict::valid, "valid"}, {Verdict::suspect, "suspect"}, {Verdict::invalid, "invalid"}}};
}

template <typename T>
constexpr std::string_view name_of(T value) {
  for (const auto& row : names(value))
    if (row.value == value) return row.name;
  return {};
}

template <typename T>
constexpr std::optional<T> find_name(std::string_view name) {
  for (const auto& row : names(T{}))
    if (row.name == name) return row.value;
  return std::nullopt;
}

}  // namespace weft::smp
