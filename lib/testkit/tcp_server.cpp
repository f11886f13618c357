#include "lib/testkit/tcp_server.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace weft::testkit {
namespace {

int loopback_socket(std::uint16_t& port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* any = reinterpret_cast<sockaddr*>(&address);
  if (fd < 0 || ::bind(fd, any, size) != 0 || ::getsockname(fd, any, &size) != 0) std::abort();
  port = ntohs(address.sin_port);
  return fd;
}

int unix_socket(const std::string& path) {
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  if (fd < 0 || ::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
    std::abort();
  return fd;
}

std::size_t body_length(std::string_view head) {
  constexpr std::string_view kName = "Content-Length: ";
  const std::size_t at = head.find(kName);
  return at == std::string_view::npos
             ? 0
             : static_cast<std::size_t>(std::atoll(head.data() + at + kName.size()));
}

}  // namespace

bool Peer::read_request() {
  char buffer[16384];
  for (;;) {
    const std::size_t head = pending_.find("\r\n\r\n");
    if (head != std::string::npos) {
      const std::size_t whole = head + 4 + body_length(std::string_view(pending_).substr(0, head));
      if (pending_.size() >= whole) {
        request_ = pending_.substr(0, whole);
        pending_.erase(0, whole);
        return true;
      }
    }
    const ssize_t n = ::recv(fd_, buffer, sizeof buffer, 0);
    if (n <= 0) return false;
    pending_.append(buffer, static_cast<std::size_t>(n));
  }
}

bool Peer::read(std::size_t bytes) {
  char buffer[16384];
  while (pending_.size() < bytes) {
    const ssize_t n = ::recv(fd_, buffer, sizeof buffer, 0);
    if (n <= 0) return false;
    pending_.append(buffer, static_cast<std::size_t>(n));
  }
  request_ = pending_.substr(0, bytes);
  pending_.erase(0, bytes);
  return true;
}

std::string Peer::read_some() {
  if (!pending_.empty()) return std::exchange(pending_, {});
  std::string out(16384, '\0');
  const ssize_t n = ::recv(fd_, out.data(), out.size(), 0);
  out.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
  return out;
}

bool Peer::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

void Peer::end() { ::shutdown(fd_, SHUT_WR); }

void Peer::close() { ::shutdown(fd_, SHUT_RDWR); }

// Connecting a TCP socket to nowhere resets it; the descriptor stays valid.
void Peer::reset() {
  sockaddr nowhere{};
  nowhere.sa_family = AF_UNSPEC;
  const linger at_once{1, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  ::connect(fd_, &nowhere, sizeof nowhere);
}

void Peer::wait_until_closed() {
  char buffer[4096];
  while (::recv(fd_, buffer, sizeof buffer, 0) > 0) continue;
}

TcpServer::TcpServer(Script script, const std::string& unix_path) : script_(std::move(script)) {
  listener_ = unix_path.empty() ? loopback_socket(port_) : unix_socket(unix_path);
  if (::listen(listener_, 1024) != 0) std::abort();
  acceptor_ = std::thread([this] { accept_all(); });
}

TcpServer::~TcpServer() {
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  {
    const std::lock_guard lock(mutex_);
    for (const int fd : open_) ::shutdown(fd, SHUT_RDWR);
  }
  for (std::thread& thread : threads_) thread.join();
  ::close(listener_);
}

void TcpServer::accept_all() {
  for (;;) {
    const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) return;
    const std::lock_guard lock(mutex_);
    open_.push_back(fd);
    threads_.emplace_back([this, fd, number = accepted_++] {
      Peer peer(fd, number);
      script_(peer);
      const std::lock_guard closing(mutex_);
      open_.erase(std::find(open_.begin(), open_.end(), fd));
      ::close(fd);
    });
  }
}

std::uint16_t refusing_port() {
  std::uint16_t port = 0;
  const int fd = loopback_socket(port);
  ::close(fd);
  return port;
}

}  // namespace weft::testkit
