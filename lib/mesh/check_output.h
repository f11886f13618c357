// A check report for programs: JSON, JUnit for CI, and one line per finding for scripts and mail.
#pragma once

#include <string>

#include "lib/doc/value.h"
#include "lib/mesh/check.h"

namespace weft::mesh {

// Schema weft.check/v1: {"mesh", "summary": {"ok", ...}, "checks": [{"id", "category", "title",
// "result", "subject", "detail", "hint", "ignored"}]}; empty texts are left out.
doc::Value to_document(const CheckReport& report);

// One test suite per category; warnings are reported in <system-out>, skips and ignored failures
// as skipped.
std::string to_junit(const CheckReport& report);

// "fail webhook-endpoints ValidatingWebhookConfiguration x: ..."; nothing for what is ok.
std::string to_short(const CheckReport& report);

}  // namespace weft::mesh
