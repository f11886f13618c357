// Files from the network, by curl, and what a file must hash to.
#pragma once

#include <string>

#include "cmd/context.h"
#include "lib/base/result.h"

namespace weft::cmd {

bool is_url(std::string_view path);

// https only. `checksum` as in check_digest().
base::Result<std::string> fetch(Context& context, const std::string& url,
                                const std::string& checksum);

// `checksum` is "sha256:HEX", or empty: anything is right.
base::Result<void> check_digest(const std::string& name, std::string_view text,
                                const std::string& checksum);

}  // namespace weft::cmd
