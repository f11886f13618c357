// Small judgements that every reader makes the same way.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "lib/smp/run.h"

namespace weft::smp {

// Adds answers with an HTTP status ("503") or a class of them ("5xx"). From 400 on they are
// errors of class "status" too.
void add_http_status(Counts& counts, const std::string& status, std::uint64_t answers);

void add_error(Counts& counts, const std::string& name, std::uint64_t errors);  // none when 0

// The class of a failure that a tool only describes: "timeout", "refused", "reset", "dns", "tls"
// or "other".
std::string error_class(std::string_view message);

// The URL without "user:password@", which must not travel into results.
std::string without_credentials(std::string_view url);

// Absent when the two are further apart than nanoseconds can count (292 years).
std::optional<base::Nanoseconds> between(base::WallTime start, base::WallTime end);

// Adds warnings for what a reader should doubt: percentiles that fall, a p99 above the maximum.
void add_doubts(Run& run);

}  // namespace weft::smp
