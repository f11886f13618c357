// The parts of a page that are text and tables. Each returns HTML, empty when the run has nothing
// to say there.
#pragma once

#include <string>

#include "lib/smp/run.h"

namespace weft::report {

std::string display_name(const smp::Run& run);  // its name, else URL, else id; not escaped
std::string started(const smp::Run& run);       // "2026-03-01 12:00:00 UTC" or empty
std::string load_sentence(
    const smp::Run& run);  // "open loop · 1,000/s · poisson · 16 connections, 30s"

std::string heading(const smp::Run& run);
std::string trust(const smp::Run& run);  // verdict of the generator and warnings
std::string tiles(const smp::Run& run);
std::string percentile_table(const smp::Run& run);
std::string outcomes(const smp::Run& run);  // errors by class and statuses
std::string setup_facts(const smp::Run& run);
std::string environment_facts(const smp::Run& run);
std::string generator_facts(const smp::Run& run);
std::string resources_table(const smp::Run& run);

}  // namespace weft::report
