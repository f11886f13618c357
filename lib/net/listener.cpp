#include "lib/net/listener.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <cerrno>
#include <cstring>

#include "lib/base/format.h"

namespace weft::net {
namespace {

using base::ExitCode;

constexpr int kBacklog = 4096;  // the kernel caps it at net.core.somaxconn

struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;
  int family() const { return storage.ss_family; }
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

Address make_v4(in_addr ip, std::uint16_t port) {
  sockaddr_in in{};
  in.sin_family = AF_INET;
  in.sin_addr = ip;
  in.sin_port = htons(port);
  Address out;
  std::memcpy(&out.storage, &in, sizeof in);
  out.size = sizeof in;
  return out;
}

Address make_v6(in6_addr ip, std::uint16_t port) {
  sockaddr_in6 in{};
  in.sin6_family = AF_INET6;
  in.sin6_addr = ip;
  in.sin6_port = htons(port);
  Address out;
  std::memcpy(&out.storage, &in, sizeof in);
  out.size = sizeof in;
  return out;
}

base::Result<Address> parse_address(const ListenAddress& address) {
  in_addr v4{};
  in6_addr v6{};
  if (address.host == "localhost") return make_v4({htonl(INADDR_LOOPBACK)}, address.port);
  if (::inet_pton(AF_INET, address.host.c_str(), &v4) == 1) return make_v4(v4, address.port);
  if (::inet_pton(AF_INET6, address.host.c_str(), &v6) == 1) return make_v6(v6, address.port);
  return base::Error{ExitCode::usage,
                     fmt::format("cannot listen on '{}': not a numeric address", address.host),
                     "give an IP address of this machine, localhost, or nothing for all of them"};
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

// 0, or the errno of what failed.
int bind_and_listen(int fd, const Address& address, bool share_port) {
  const int on = 1;
  const int off = 0;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (share_port && ::setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) != 0) return errno;
  if (address.family() == AF_INET6) ::setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
  if (address.family() != AF_UNIX)  // inherited by what is accepted
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (::bind(fd, address.get(), address.size) != 0) return errno;
  return ::listen(fd, kBacklog) == 0 ? 0 : errno;
}

Fd open_socket(int family) {
  return Fd(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
}

// True when the path is a socket file whose owner is gone.
bool is_stale_socket(const Address& address, const std::string& path) {
  struct stat info {};
  if (::lstat(path.c_str(), &info) != 0 || !S_ISSOCK(info.st_mode)) return false;
  const Fd probe = open_socket(AF_UNIX);
  return probe && ::connect(probe.get(), address.get(), address.size) != 0 && errno == ECONNREFUSED;
}

}  // namespace

base::Result<Fd> listen_tcp(const ListenAddress& address) {
  Address where;
  if (address.host.empty()) {
    where = make_v6(in6addr_any, address.port);
  } else {
    WEFT_TRY(parsed, parse_address(address));
    where = parsed;
  }
  Fd fd = open_socket(where.family());
  if (!fd && errno == EAFNOSUPPORT && address.host.empty()) {  // a machine without IPv6
    where = make_v4({htonl(INADDR_ANY)}, address.port);
    fd = open_socket(AF_INET);
  }
  if (!fd) return listen_error(address, errno);
  int failure = bind_and_listen(fd.get(), where, address.share_port);
  if (failure == EADDRNOTAVAIL && address.host.empty()) {  // IPv6 switched off by sysctl
    where = make_v4({htonl(INADDR_ANY)}, address.port);
    fd = open_socket(AF_INET);
    failure = fd ? bind_and_listen(fd.get(), where, address.share_port) : errno;
  }
  if (failure != 0) return listen_error(address, failure);
  return fd;
}

base::Result<Fd> listen_unix(const std::string& path) {
  Address where;
  sockaddr_un un{};
  un.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof un.sun_path)
    return base::Error{ExitCode::usage,
                       fmt::format("cannot listen on '{}': a socket path has 1 to {} bytes", path,
                                   sizeof un.sun_path - 1),
                       "choose a shorter path"};
  std::memcpy(un.sun_path, path.c_str(), path.size() + 1);
  std::memcpy(&where.storage, &un, sizeof un);
  where.size = sizeof un;
  if (is_stale_socket(where, path)) ::unlink(path.c_str());
  Fd fd = open_socket(AF_UNIX);
  const int failure = fd ? bind_and_listen(fd.get(), where, false) : errno;
  if (failure == 0) return fd;
  base::Error error = base::system_error(ExitCode::tool, "cannot listen on " + path, failure);
  if (failure == EADDRINUSE) error.remedy = "remove that file or choose another path";
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
