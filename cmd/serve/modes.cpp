#include "cmd/serve/modes.h"

#include <unistd.h>

#include <array>

#include "lib/base/file.h"
#include "lib/base/format.h"
#include "lib/pki/issue.h"

namespace weft::cmd {
namespace {

using base::ExitCode;
using base::Result;
using serve::PortOptions;
using serve::Protocol;

constexpr int kCertificateDays = 30;

Result<std::uint16_t> port_of(const Context& context, std::string_view variable,
                              std::string_view fallback) {
  const std::string text = context.env.get_or(variable, "");
  return read_port(variable, text.empty() ? fallback : std::string_view(text));
}

bool is_set(const Context& context, std::string_view variable) {
  return !context.env.get_or(variable, "").empty();
}

Result<void> add_port(const Context& context, Protocol protocol, std::string_view variable,
                      std::string_view fallback, serve::ServiceOptions& service) {
  WEFT_TRY(port, port_of(context, variable, fallback));
  service.ports.push_back({.protocol = protocol, .port = port});
  return {};
}

// A port of TLS, when a certificate is named. How the key is named depends on the protocol.
Result<void> add_tls_port(const Context& context, PortOptions port, std::string_view variable,
                          std::string_view key_variable, serve::ServiceOptions& service) {
  if (!is_set(context, "TLS_SERVER_CERT") || !is_set(context, key_variable)) return {};
  WEFT_TRY(number, port_of(context, variable, "8443"));
  net::TlsServerOptions tls;
  WEFT_TRY(identity, identity_from_files(context, context.env.get_or("TLS_SERVER_CERT", ""),
                                         context.env.get_or(key_variable, "")));
  tls.identity = std::move(identity);
  if (port.protocol == Protocol::http && is_set(context, "TLS_CLIENT_CACERTS")) {
    WEFT_TRY(ca, base::read_file(path_in(context, context.env.get_or("TLS_CLIENT_CACERTS", ""))));
    tls.client_ca = std::move(ca);
    tls.anonymous_clients = true;
  }
  port.port = number;
  port.tls = std::move(tls);
  service.ports.push_back(std::move(port));
  return {};
}

Result<void> take_echo_basic(const Context& context, serve::ServiceOptions& service) {
  service.identity.pod_namespace = context.env.get_or("NAMESPACE", "");
  service.identity.ingress = context.env.get_or("INGRESS_NAME", "");
  if (is_set(context, "GRPC_ECHO_SERVER")) {
    WEFT_CHECK(add_port(context, Protocol::http, "HTTP_PORT", "3000", service));
    return add_tls_port(context, {}, "HTTPS_PORT", "TLS_SERVER_PRIV_KEY", service);
  }
  if (is_set(context, "TCP_ECHO_SERVER")) {
    WEFT_CHECK(add_port(context, Protocol::tcp, "TCP_PORT", "3000", service));
    return add_tls_port(context, {.protocol = Protocol::tcp}, "TLS_PORT", "TLS_SERVER_PRIV_KEY",
                        service);
  }
  if (is_set(context, "UDP_ECHO_SERVER"))
    return add_port(context, Protocol::udp, "UDP_PORT", "8080", service);
  WEFT_CHECK(add_port(context, Protocol::http, "HTTP_PORT", "3000", service));
  WEFT_CHECK(add_port(context, Protocol::h2c, "H2C_PORT", "3001", service));
  return add_tls_port(context, {}, "HTTPS_PORT", "TLS_SERVER_PRIVKEY", service);
}

}  // namespace

Result<void> take_mode_from_environment(const Context& context, serve::ServiceOptions& service) {
  switch (service.dialect) {
    case serve::Dialect::weft:
      return {};
    case serve::Dialect::learn_layer5:
      return add_port(context, Protocol::http, "PORT", "9091", service);
    case serve::Dialect::echo_basic:
      return take_echo_basic(context, service);
    case serve::Dialect::istio:
      service.identity.pod_namespace = context.env.get_or("NAMESPACE", "");
      service.identity.hostname = host_name();
      service.ports = {{.port = 8080}, {.port = 7070}, {.protocol = Protocol::tcp, .port = 9090}};
      return {};
  }
  return {};
}

Result<std::uint16_t> read_port(std::string_view name, std::string_view text) {
  const auto number = base::parse_uint(text);
  if (number && *number <= 65535) return static_cast<std::uint16_t>(*number);
  return base::Error{ExitCode::usage, fmt::format("{} {} is not a port", name, text),
                     "choose 0 to 65535; 0 takes a free one"};
}

Result<net::TlsIdentity> identity_from_files(const Context& context, const std::string& certificate,
                                             const std::string& key) {
  net::TlsIdentity out;
  WEFT_TRY(certificate_text, base::read_file(path_in(context, certificate)));
  WEFT_TRY(key_text, base::read_file(path_in(context, key)));
  out.certificate = std::move(certificate_text);
  out.key = std::move(key_text);
  return out;
}

// For how this service may be called, from this machine and within a cluster.
Result<net::TlsIdentity> made_identity(const Context& context,
                                       const serve::ServiceOptions& service) {
  std::vector<std::string> names{"localhost", "127.0.0.1", "::1"};
  const std::string& name = service.identity.service;
  const std::string& space = service.identity.pod_namespace;
  if (!service.host.empty() && service.host != "localhost") names.push_back(service.host);
  if (!name.empty()) names.push_back(name);
  if (!name.empty() && !space.empty())
    for (const char* suffix : {"", ".svc", ".svc.cluster.local"})
      names.push_back(fmt::format("{}.{}{}", name, space, suffix));
  WEFT_TRY(made, pki::issue_leaf({"weft serve", context.clock.wall(), kCertificateDays}, names));
  return net::TlsIdentity{made.certificate, made.key};
}

std::string host_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

}  // namespace weft::cmd
