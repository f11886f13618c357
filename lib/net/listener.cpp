#include "lib/net/listener.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>

#include "lib/base/format.h"
#include "lib/net/resolve.h"

namespace weft::net {
namespace {

using base::ExitCode;

constexpr int kBacklog = 4096;  // the kernel caps it at net.core.somaxconn

const sockaddr* raw(const Address& address) {
  return reinterpret_cast<const sockaddr*>(&address.storage);
}

// In the order to try: a machine may have no IPv6, or have it switched off.
base::Result<std::vector<Address>> candidates(const ListenAddress& address) {
  if (address.host.empty())  // an IPv6 socket takes IPv4 clients too
    return std::vector{*parse_address("::", address.port), *parse_address("0.0.0.0", address.port)};
  std::string_view host = address.host;
  if (host == "localhost") host = "127.0.0.1";
  if (auto parsed = parse_address(host, address.port)) return std::vector{*parsed};
  return base::Error{ExitCode::usage,
                     fmt::format("cannot listen on \"{}\": not an IP address", address.host),
                     "give an address of this machine, localhost, or nothing for all of them"};
}

base::Error listen_error(const ListenAddress& address, int error_number) {
  const std::string host = address.host.empty() ? "port" : address.host + " port";
  base::Error error = base::system_error(
      ExitCode::tool, fmt::format("cannot listen on {} {}", host, address.port), error_number);
  if (error_number == EADDRINUSE)
    error.remedy = "stop what listens there, or choose another port (0 takes a free one)";
  if (error_number == EACCES) error.remedy = "choose a port from 1024 up";
  if (error_number == EADDRNOTAVAIL) error.remedy = "choose an address of this machine";
  return error;
}

Fd open_socket(int family, int type) {
  return Fd(::socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
}

struct Opened {
  Fd fd;
  int error = 0;  // errno of what failed
};

Opened open_listener(const Address& address, int type, bool share_port) {
  const int on = 1;
  const int off = 0;
  Opened out{open_socket(address.family(), type)};
  const int fd = out.fd.get();
  bool good = fd >= 0;
  if (good && address.family() != AF_UNIX) {
    if (type == SOCK_STREAM) {
      ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
      ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);  // what is accepted inherits it
    }
    if (address.family() == AF_INET6) ::setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    if (share_port) good = ::setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) == 0;
  }
  good = good && ::bind(fd, raw(address), address.size) == 0 &&
         (type != SOCK_STREAM || ::listen(fd, kBacklog) == 0);
  if (!good) out.error = errno;
  return out;
}

// True when the path is a socket file whose owner is gone.
bool is_stale_socket(const Address& address, const std::string& path) {
  struct stat info {};
  if (::lstat(path.c_str(), &info) != 0 || !S_ISSOCK(info.st_mode)) return false;
  const Fd probe = open_socket(AF_UNIX, SOCK_STREAM);
  return probe && ::connect(probe.get(), raw(address), address.size) != 0 && errno == ECONNREFUSED;
}

base::Result<Fd> listen_on(const ListenAddress& address, int type) {
  WEFT_TRY(addresses, candidates(address));
  int error = 0;
  for (const Address& candidate : addresses) {
    Opened opened = open_listener(candidate, type, address.share_port);
    if (opened.error == 0) return std::move(opened.fd);
    error = opened.error;
    if (error != EAFNOSUPPORT && error != EADDRNOTAVAIL) break;
  }
  return listen_error(address, error);
}

}  // namespace

base::Result<Fd> listen_tcp(const ListenAddress& address) {
  return listen_on(address, SOCK_STREAM);
}

base::Result<Fd> listen_udp(const ListenAddress& address) { return listen_on(address, SOCK_DGRAM); }

base::Result<Fd> listen_unix(const std::string& path) {
  WEFT_TRY(address, unix_address(path));
  if (is_stale_socket(address, path)) ::unlink(path.c_str());
  Opened opened = open_listener(address, SOCK_STREAM, false);
  if (opened.error == 0) return std::move(opened.fd);
  base::Error error = base::system_error(ExitCode::tool, "cannot listen on " + path, opened.error);
  if (opened.error == EADDRINUSE) error.remedy = "remove that file, or choose another path";
  return error;
}

std::uint16_t local_port(int fd) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) return 0;
  if (address.ss_family == AF_INET) {
    sockaddr_in in{};
    std::memcpy(&in, &address, sizeof in);
    return ntohs(in.sin_port);
  }
  if (address.ss_family == AF_INET6) {
    sockaddr_in6 in{};
    std::memcpy(&in, &address, sizeof in);
    return ntohs(in.sin6_port);
  }
  return 0;
}

}  // namespace weft::net
