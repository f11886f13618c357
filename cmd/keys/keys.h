// `weft keys`: keys that sign results, and how commands take them.
#pragma once

#include <optional>
#include <string>

#include "cmd/context.h"
#include "lib/base/result.h"
#include "lib/cli/command.h"
#include "lib/pki/signing.h"

namespace weft::cmd {

cli::Command keys_command();

// --passphrase-file. A passphrase never stands on the command line.
cli::Flag passphrase_flag(std::string& file);
// From the first line of `file`, else WEFT_KEY_PASSPHRASE; absent when neither is there.
base::Result<std::optional<std::string>> passphrase(const Context& context,
                                                    const std::string& file);
base::Result<pki::PrivateKey> load_private_key(const Context& context, const std::string& path,
                                               const std::string& passphrase_file);
base::Result<pki::PublicKey> load_public_key(const Context& context, const std::string& path);

}  // namespace weft::cmd
