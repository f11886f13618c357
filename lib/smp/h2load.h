// h2load (nghttp2/nghttp2:src/h2load.cc): the text it prints in both shapes of its table (without
// percentiles up to 1.68, with median, p95 and p99 from 1.69), its --log-file (start in us, status
// or -1, duration in us: every request, so prefer it) and its JSON ("version": "v1").
#pragma once

#include <string_view>

#include "lib/base/result.h"
#include "lib/doc/value.h"
#include "lib/smp/run.h"

namespace weft::smp {

bool is_h2load_text(std::string_view text);
base::Result<Run> read_h2load_text(const doc::Source& source);

bool is_h2load_log(std::string_view text);
base::Result<Run> read_h2load_log(const doc::Source& source);

bool is_h2load_json(const doc::Value& root);
base::Result<Run> read_h2load_json(const doc::Document& document);

}  // namespace weft::smp
