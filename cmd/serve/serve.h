// weft serve: the sample service, until a signal ends it.
#pragma once

#include <string>

#include "lib/cli/command.h"
#include "lib/serve/service.h"

namespace weft::cmd {

cli::Command serve_command();
// Serves until a signal ends it, and tells where. `certificate` was made for this run; empty: none.
base::Result<base::ExitCode> run_service(Context& context, serve::ServiceOptions wanted,
                                         const std::string& certificate);
// weft server: as the server of Istio's echo image.
cli::Command istio_server_command();
// weft client: as its client.
cli::Command istio_client_command();
// weft journal: what reached such a service.
cli::Command journal_command();

}  // namespace weft::cmd
