// Where tests find their inputs.
#pragma once

#include <optional>
#include <string>

namespace weft::testkit {

// testdata/<name> of this tree.
std::string testdata(const std::string& name);

// <name> below the folder of real files of other projects that may stand beside the checkout
// (../shared/realdata, or $WEFT_REALDATA). Absent when it is not there: the test says aloud that
// it was skipped, with WARN, and returns.
std::optional<std::string> realdata(const std::string& name);

}  // namespace weft::testkit
