// The patches of EnvoyFilters.
#pragma once

#include <functional>
#include <string_view>

#include "lib/rules/inventory.h"

namespace weft::rules {

struct Patch {
  const Value* operation_value = nullptr;
  std::string_view operation;
  std::string_view apply_to;
  std::int64_t priority = 0;
  // An earlier patch for the same filter is pinned to a proxy version.
  bool is_pinned_before = false;

  // The operation refers to something that another patch may bring, in a place where it may.
  bool is_relative() const;
};

void for_each_patch(const Inventory& in,
                    const std::function<void(const Resource&, const Patch&)>& visit);

}  // namespace weft::rules
