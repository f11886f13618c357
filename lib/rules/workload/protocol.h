// How Istio learns the protocol of a Service's port.
#pragma once

#include <string_view>

#include "lib/rules/inventory.h"

namespace weft::rules {

// A protocol that Istio knows, alone or before a dash: "http", "grpc-web", "tcp-db".
bool names_protocol(std::string_view port_name);
bool is_known_app_protocol(std::string_view value);
// UDP and SCTP ports are not proxied.
bool is_proxied(const Value& port);

}  // namespace weft::rules
