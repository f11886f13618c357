// Which dialect a file is written in, or why it is no pattern.
#pragma once

#include <memory>
#include <vector>

#include "lib/base/result.h"
#include "lib/doc/read.h"
#include "lib/pattern/pattern.h"

namespace weft::pattern {

struct Opened {
  Dialect dialect = Dialect::v0;
  std::vector<doc::Document> documents;  // one, but for manifests
  Notes notes;
};

// One layer of Base64 is peeled, with a warning.
base::Result<Opened> open(doc::Source source);

}  // namespace weft::pattern
