// `weft validate` and `weft explain`: the linter of mesh configuration.
#pragma once

#include "cmd/context.h"
#include "lib/cli/command.h"
#include "lib/rules/validate.h"

namespace weft::cmd {

cli::Command validate_command();
cli::Command explain_command();

// Rule ids and slugs, for completion.
std::vector<cli::Candidate> rule_candidates(Context& context, std::string_view prefix);

// Findings for people: by file, errors and warnings with their line of the source.
std::string findings_text(const rules::Outcome& outcome, const rules::Inventory& in,
                          bool foreign_codes, const term::Terminal& terminal);
// The table of all rules.
std::string rules_text(const term::Terminal& terminal);

}  // namespace weft::cmd
