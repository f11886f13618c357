// What the readers of suites share: fields with bounds, requests, expectations.
#pragma once

#include <cstdint>
#include <string_view>

#include "lib/conform/suite.h"
#include "lib/doc/decode.h"

namespace weft::conform {

// Above 0 and up to `most`; left as it is when the key is absent.
void duration(doc::Fields& in, std::string_view key, base::Nanoseconds most,
              base::Nanoseconds& out);
void bounded(doc::Fields& in, std::string_view key, std::uint64_t least, std::uint64_t most,
             std::uint64_t& out);

void read_request(doc::Fields& in, RequestSpec& out);
void read_expect(doc::Fields& in, ExpectSpec& out);

}  // namespace weft::conform
