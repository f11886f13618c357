// One rule for each sort of issue, all made alike.
#pragma once

#include <initializer_list>

#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {

void report_issues(const Inventory& in, std::initializer_list<schema::IssueKind> kinds,
                   Report& out);

}  // namespace weft::rules
