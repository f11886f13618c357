// What hey prints (rakyll/hey:requester/print.go) and its CSV (`-o csv`: one row per answered
// request, seconds with four decimals). The histogram it draws is too coarse to keep.
#pragma once

#include <string_view>

#include "lib/base/result.h"
#include "lib/doc/value.h"
#include "lib/smp/run.h"

namespace weft::smp {

bool is_hey(std::string_view text);
base::Result<Run> read_hey(const doc::Source& source);

}  // namespace weft::smp
