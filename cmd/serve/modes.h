// What the applications that weft serve stands in for take from their environment: ports,
// certificates, and who they are.
#pragma once

#include "cmd/context.h"
#include "lib/serve/service.h"

namespace weft::cmd {

// Sets ports and identity of a service whose dialect is set; the native one is left as it is.
base::Result<void> take_mode_from_environment(const Context& context,
                                              serve::ServiceOptions& service);

// A port number of the command line or of a variable; 0 takes a free one.
base::Result<std::uint16_t> read_port(std::string_view name, std::string_view text);

// From files; a certificate made at the start when neither is there.
base::Result<net::TlsIdentity> identity_from_files(const Context& context,
                                                   const std::string& certificate,
                                                   const std::string& key);
base::Result<net::TlsIdentity> made_identity(const Context& context,
                                             const serve::ServiceOptions& service);

std::string host_name();

}  // namespace weft::cmd
