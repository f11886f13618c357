// What a reader of SMP documents should doubt: known faults of the format and of the tools that
// write it, each with an id that stays. Warnings begin with the id.
//
//   warnings.push_back(smp::quirk("smp.placeholder", "env_id"));
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace weft::smp {

struct Quirk {
  std::string_view id;
  std::string_view sentence;
};

std::span<const Quirk> smp_quirks();

// "smp.placeholder: a field holds ... (env_id)"; `id` must be one of the table.
std::string quirk(std::string_view id, std::string_view detail = {});

}  // namespace weft::smp
