// What SMP has no field for, in a profile: settings of weft perf run by the names of its flags,
// phases that follow each other, and what other commands take for themselves. Other readers of the
// profile pass it over.
//
//   weft:
//     connections: 20                # as --connections 20
//     header: ["A: 1", "B: 2"]       # a flag that may be repeated
//     phases:
//     - {name: warm-up, qps: 100, duration: 10s, save: false}
//     - {name: hold, qps: 1000, duration: 60s, slo: "p99<20ms"}
//     search: {slo: "p99<20ms", hold: 60s}   # weft perf search; likewise curve, compare, overhead
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/result.h"
#include "lib/doc/value.h"

namespace weft::perf {

struct Setting {
  std::string flag;   // "--qps"
  std::string value;  // "true" or "false" of a switch
  doc::Position position;
};

struct ProfilePhase {
  std::string name;  // "phase 2" where it has none
  std::vector<Setting> settings;
};

// Commands that have a section of their own, by its key.
inline constexpr std::string_view kProfileCommands[] = {"search", "curve", "compare", "overhead"};

struct ProfileSettings {
  std::vector<Setting> settings;
  std::vector<ProfilePhase> phases;
  std::map<std::string, std::vector<Setting>, std::less<>> commands;
};

// Input errors with positions: values that are neither text, numbers, switches nor lists of them,
// two phases of one name. Whether there are such flags is not known here.
base::Result<ProfileSettings> read_settings(const doc::Document& profile);

}  // namespace weft::perf
