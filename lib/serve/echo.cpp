#include "lib/serve/echo.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <vector>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/serve/json_text.h"

namespace weft::serve {
namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// "10.0.0.7:41234", "[fd00::7]:41234", "unix".
std::string peer_text(int socket) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  char text[INET6_ADDRSTRLEN] = "";
  if (::getpeername(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0) return "";
  if (address.ss_family == AF_INET) {
    sockaddr_in in{};
    std::memcpy(&in, &address, sizeof in);
    ::inet_ntop(AF_INET, &in.sin_addr, text, sizeof text);
    return fmt::format("{}:{}", text, ntohs(in.sin_port));
  }
  if (address.ss_family != AF_INET6) return "unix";
  sockaddr_in6 in{};
  std::memcpy(&in, &address, sizeof in);
  if (IN6_IS_ADDR_V4MAPPED(&in.sin6_addr)) {  // IPv4 through the socket of both families
    ::inet_ntop(AF_INET, &in.sin6_addr.s6_addr[12], text, sizeof text);
    return fmt::format("{}:{}", text, ntohs(in.sin6_port));
  }
  ::inet_ntop(AF_INET6, &in.sin6_addr, text, sizeof text);
  return fmt::format("[{}]:{}", text, ntohs(in.sin6_port));
}

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

}  // namespace

std::string percent_decode(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape = text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 &&
                        hex_value(text[i + 2]) >= 0;
    if (escape) {
      out += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
      i += 2;
    } else {
      out += plus_is_space && text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
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
  member(out, "proto", head.minor_version == 0 ? "HTTP/1.0" : "HTTP/1.1");
  append_fields(out, head);
  out += ",\"body_length\":";
  append_number(out, request.body_size);
  member(out, "peer", peer_text(request.socket));
  member_if_known(out, "service", identity.service);
  member_if_known(out, "pod", identity.pod);
  member_if_known(out, "namespace", identity.pod_namespace);
  member_if_known(out, "node", identity.node);
  member_if_known(out, "version", identity.version);
  if (const auto* nonce = head.find(kNonceField)) member(out, "nonce", nonce->value);
  out += ",\"seq\":";
  append_number(out, shared.echo_sequence.fetch_add(1, std::memory_order_relaxed) + 1);
  out += "}\n";
  return out;
}

}  // namespace weft::serve
