// The system resolver blocks and cannot be cancelled, so it runs on a thread of its own, which is
// left behind when the deadline passes.
#include "lib/net/resolve.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <cstring>
#include <memory>
#include <mutex>
#include <system_error>
#include <thread>

#include "lib/base/format.h"
#include "lib/base/text.h"

namespace weft::net {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;

template <typename Sockaddr>
Address to_address(const Sockaddr& socket_address, std::size_t size = sizeof(Sockaddr)) {
  Address address;
  std::memcpy(&address.storage, &socket_address, size);
  address.size = static_cast<socklen_t>(size);
  return address;
}

struct Lookup {
  std::mutex mutex;
  std::condition_variable finished;
  bool done = false;
  int error = 0;  // of getaddrinfo
  std::vector<Address> addresses;
};

void look_up(const std::shared_ptr<Lookup>& lookup, const std::string& host, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_ADDRCONFIG | AI_NUMERICSERV;
  addrinfo* list = nullptr;
  const int error = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &list);
  std::vector<Address> addresses;
  if (error == 0) {
    for (const addrinfo* entry = list; entry != nullptr; entry = entry->ai_next)
      addresses.push_back(to_address(*entry->ai_addr, entry->ai_addrlen));
    ::freeaddrinfo(list);
  }
  const std::lock_guard lock(lookup->mutex);
  lookup->done = true;
  lookup->error = error;
  lookup->addresses = std::move(addresses);
  lookup->finished.notify_one();
}

// IPv4 first: that is where local servers most often listen.
std::vector<Address> loopback(std::uint16_t port) {
  return {*parse_address("127.0.0.1", port), *parse_address("::1", port)};
}

Error cannot_resolve(const std::string& host, std::string_view cause) {
  return Error{ExitCode::input, fmt::format("the name \"{}\" has no address", host),
               "check the spelling, or give the address with --resolve HOST:PORT:ADDRESS"}
      .because(std::string(cause));
}

}  // namespace

std::string Address::text() const {
  char host[INET6_ADDRSTRLEN] = "";
  if (family() == AF_UNIX) {
    sockaddr_un unix_domain{};
    std::memcpy(&unix_domain, &storage, size);
    const std::size_t length = size - offsetof(sockaddr_un, sun_path);
    std::string path(unix_domain.sun_path, length);
    if (path.starts_with('\0')) path[0] = '@';
    return path;
  }
  if (family() == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, &storage, sizeof v6);
    ::inet_ntop(AF_INET6, &v6.sin6_addr, host, sizeof host);
    return fmt::format("[{}]:{}", host, ntohs(v6.sin6_port));
  }
  sockaddr_in v4{};
  std::memcpy(&v4, &storage, sizeof v4);
  ::inet_ntop(AF_INET, &v4.sin_addr, host, sizeof host);
  return fmt::format("{}:{}", host, ntohs(v4.sin_port));
}

Result<Address> parse_address(std::string_view host, std::uint16_t port) {
  const std::string text(host);
  sockaddr_in v4{};
  if (::inet_pton(AF_INET, text.c_str(), &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    return to_address(v4);
  }
  sockaddr_in6 v6{};
  if (::inet_pton(AF_INET6, text.c_str(), &v6.sin6_addr) == 1) {
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    return to_address(v6);
  }
  return Error{ExitCode::input, fmt::format("\"{}\" is not an IP address", host),
               "write it like 127.0.0.1 or ::1"};
}

Result<Address> unix_address(std::string_view path) {
  sockaddr_un address{};
  if (path.empty() || path.size() >= sizeof address.sun_path ||
      path.find('\0') != std::string_view::npos)
    return Error{ExitCode::input,
                 fmt::format("\"{}\" cannot be the path of a socket", path.substr(0, 200)),
                 fmt::format("it takes 1 to {} bytes", sizeof address.sun_path - 1)};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, path.size());
  if (path[0] == '@') address.sun_path[0] = '\0';
  return to_address(address, offsetof(sockaddr_un, sun_path) + path.size());
}

Result<std::vector<Address>> resolve(const std::string& host, std::uint16_t port,
                                     base::Nanoseconds limit) {
  if (auto address = parse_address(host, port)) return std::vector{*address};
  if (base::equal_ignoring_case(host, "localhost")) return loopback(port);

  const auto lookup = std::make_shared<Lookup>();
  try {
    std::thread(look_up, lookup, host, port).detach();
  } catch (const std::system_error& failure) {
    return base::system_error(ExitCode::tool, "cannot start a thread to resolve names",
                              failure.code().value());
  }
  std::unique_lock lock(lookup->mutex);
  if (!lookup->finished.wait_for(lock, limit, [&] { return lookup->done; }))
    return Error{ExitCode::timeout,
                 fmt::format("the name \"{}\" was not resolved within {}", host,
                             base::format_duration(limit)),
                 "check the name server, or give the address with --resolve HOST:PORT:ADDRESS"};
  if (lookup->error != 0) return cannot_resolve(host, ::gai_strerror(lookup->error));
  if (lookup->addresses.empty()) return cannot_resolve(host, "the resolver returned none");
  return std::move(lookup->addresses);
}

}  // namespace weft::net
