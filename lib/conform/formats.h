// A result in the formats that other programs read.
//
//   for (const auto& format : conform::formats()) ...      // what --format takes
//   WEFT_TRY(text, conform::render(run, "junit"));
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "lib/base/result.h"
#include "lib/conform/result.h"

namespace weft::conform {

struct Format {
  std::string_view name;         // "junit"
  std::string_view file;         // what `run --out` calls it: "junit.xml"
  std::string_view description;  // one line
};
std::span<const Format> formats();

// A usage error for an unknown format, or one that this result has nothing for.
base::Result<std::string> render(const Run& run, std::string_view format);

// The parts, for those who want one. Counts are those of the suites.
//
// gateway.networking.k8s.io/v1 ConformanceReport with a profile for each suite of the Gateway API.
// It knows no errors and nothing inconclusive: errors are reported as failures, what is
// inconclusive as skipped, so that neither makes a success.
std::string report_yaml(const Run& run);
// A row of the results that Meshery keeps for SMI; full, partial and the rest become FULL, HALF and
// NONE.
std::string smi_json(const Run& run);
// One testsuite for each suite. `strict`: what is inconclusive is an error instead of skipped.
std::string junit_xml(const Run& run, bool strict = false);

// "gateway-api" and "MESH-HTTP" of the standard "gateway-api/MESH-HTTP".
std::string_view family_of(const Suite& suite);
std::string_view part_of(const Suite& suite);

}  // namespace weft::conform
