#include "lib/rules/workload/protocol.h"

#include <algorithm>

#include "lib/base/text.h"

namespace weft::rules {
namespace {

constexpr std::string_view kProtocols[] = {"grpc",  "grpc-web", "http", "http2", "https", "mongo",
                                           "mysql", "redis",    "tcp",  "tls",   "udp",   "hbone"};
constexpr std::string_view kAppProtocols[] = {"kubernetes.io/h2c", "kubernetes.io/ws",
                                              "kubernetes.io/wss", "istio.io/hbone"};

bool is_protocol(std::string_view word) {
  return std::find(std::begin(kProtocols), std::end(kProtocols), base::lower(word)) !=
         std::end(kProtocols);
}

}  // namespace

bool names_protocol(std::string_view port_name) {
  return is_protocol(port_name) || is_protocol(port_name.substr(0, port_name.find('-'))) ||
         port_name.starts_with("grpc-web-");
}

bool is_known_app_protocol(std::string_view value) {
  // Names with a domain are the implementation's own business.
  return is_protocol(value) || value.find('/') != std::string_view::npos ||
         std::find(std::begin(kAppProtocols), std::end(kAppProtocols), value) !=
             std::end(kAppProtocols);
}

bool is_proxied(const Value& port) {
  const std::string_view protocol = text(get(&port, "protocol"));
  return protocol.empty() || protocol == "TCP";
}

}  // namespace weft::rules
