// Edits of files that remove findings: whole lines are replaced or dropped, everything else stays
// byte for byte, comments included. A fix that cannot be made so is left to people.
//
//   const FileEdit edit = rules::fixes_for(source, findings);
//   if (!edit.lines.empty()) base::write_file(source.name(), edited(source, edit));
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "lib/rules/report.h"

namespace weft::rules {

struct FileEdit {
  std::map<std::uint32_t, std::optional<std::string>> lines;  // by number; absent: dropped
  std::size_t fixed = 0;                                      // findings that it removes
};

// The fixes of all findings in `source`.
FileEdit fixes_for(const doc::Source& source, const std::vector<Finding>& findings);
std::string edited(const doc::Source& source, const FileEdit& edit);
// A unified diff with three lines of context.
std::string diff(const doc::Source& source, const FileEdit& edit);

}  // namespace weft::rules
