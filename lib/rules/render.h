// Findings for programs: our own document, SARIF for code scanning, JUnit for test reports,
// annotations for GitHub, Markdown for comments on a change.
#pragma once

#include <string>

#include "lib/doc/value.h"
#include "lib/rules/validate.h"

namespace weft::rules {

// "weft.validate/v1": diagnostics[], summary.
doc::Value to_document(const Outcome& outcome, const Inventory& in);
// SARIF 2.1.0.
doc::Value to_sarif(const Outcome& outcome, std::string_view version);
std::string to_junit(const Outcome& outcome);
// Workflow commands: "::error file=...,line=...::message".
std::string to_github(const Outcome& outcome);
std::string to_markdown(const Outcome& outcome);

// "weft.rules/v1": the table of rules.
doc::Value rules_document();

}  // namespace weft::rules
