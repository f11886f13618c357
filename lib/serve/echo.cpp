#include "lib/serve/echo.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstring>
#include <map>
#include <optional>
#include <vector>

#include "lib/base/text.h"
#include "lib/net/resolve.h"
#include "lib/serve/json_text.h"

namespace weft::serve {
namespace {

void member(std::string& out, std::string_view name, std::string_view value) {
  out += ",\"";
  out += name;
  out += "\":";
  append_json(out, value);
}

void member_if_known(std::string& out, std::string_view name, std::string_view value) {
  if (!value.empty()) member(out, name, value);
}

// {"accept":["*/*"]}: names in lower case, in order; a name sent twice has two values.
void append_fields(std::string& out, const net::RequestHead& head) {
  std::map<std::string, std::vector<std::string_view>> fields;
  for (const net::HeaderField& field : head.fields())
    fields[base::lower(field.name)].push_back(field.value);
  out += ",\"headers\":{";
  const char* separator = "";
  for (const auto& [name, values] : fields) {
    out += separator;
    separator = ",";
    append_json(out, name);
    out += ":[";
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (i != 0) out += ',';
      append_json(out, values[i]);
    }
    out += ']';
  }
  out += '}';
}

std::optional<net::Address> peer_address(int socket) {
  net::Address peer;
  peer.size = sizeof peer.storage;
  if (::getpeername(socket, reinterpret_cast<sockaddr*>(&peer.storage), &peer.size) != 0)
    return std::nullopt;
  return peer;
}

// IPv4 through a socket of both families shows as such.
net::Address unmapped(net::Address peer) {
  if (peer.family() != AF_INET6) return peer;
  sockaddr_in6 v6{};
  std::memcpy(&v6, &peer.storage, sizeof v6);
  if (!IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr)) return peer;
  sockaddr_in v4{AF_INET, v6.sin6_port, {}, {}};
  std::memcpy(&v4.sin_addr, &v6.sin6_addr.s6_addr[12], sizeof v4.sin_addr);
  peer.storage = {};
  std::memcpy(&peer.storage, &v4, sizeof v4);
  return peer;
}

}  // namespace

std::string peer_text(int socket) {
  const auto peer = peer_address(socket);
  if (!peer) return "";
  return peer->family() == AF_UNIX ? "unix" : unmapped(*peer).text();
}

std::string peer_host(int socket) {
  const auto peer = peer_address(socket);
  return peer ? host_text(*peer) : "";
}

std::string host_text(const net::Address& peer) {
  if (peer.family() == AF_UNIX) return "";
  std::string text = unmapped(peer).text();
  text.resize(text.rfind(':'));
  return text.starts_with('[') ? text.substr(1, text.size() - 2) : text;
}

std::string echo_json(const Request& request, const Target& target, Shared& shared) {
  const net::RequestHead& head = request.head;
  const Identity& identity = shared.options.identity;
  std::string out = "{\"schema\":\"weft.echo/v1\"";
  member(out, "method", head.method);
  member(out, "path", percent_decode(target.path, false));
  member(out, "raw_path", target.path);
  member(out, "query", target.query);
  member(out, "host", head.host);
  member(out, "proto",
         head.major_version == 2   ? "HTTP/2.0"
         : head.minor_version == 0 ? "HTTP/1.0"
                                   : "HTTP/1.1");
  append_fields(out, head);
  out += ",\"body_length\":";
  append_number(out, request.body_size);
  member(out, "peer", peer_text(request.socket));
  member_if_known(out, "service", identity.service);
  member_if_known(out, "pod", identity.pod);
  member_if_known(out, "namespace", identity.pod_namespace);
  member_if_known(out, "node", identity.node);
  member_if_known(out, "version", identity.version);
  member_if_known(out, "nonce", request_nonce(head, target.query));
  out += ",\"seq\":";
  append_number(out, shared.echo_sequence.fetch_add(1, std::memory_order_relaxed) + 1);
  out += "}\n";
  return out;
}

}  // namespace weft::serve
