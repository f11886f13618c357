// A connected socket, plain or with TLS on it: read() and write() behave like recv() and send().
//
//   net::Stream stream{std::move(fd)};
//   const ssize_t n = stream.read(buffer, sizeof buffer);
#pragma once

#include <sys/socket.h>

#include <memory>

#include "lib/net/fd.h"
#include "lib/net/tls.h"

namespace weft::net {

struct Stream {
  Fd fd;
  std::unique_ptr<TlsSession> tls;  // null: plain

  ssize_t read(char* data, std::size_t size) const {
    return tls ? tls->read(data, size) : ::recv(fd.get(), data, size, 0);
  }
  ssize_t write(const char* data, std::size_t size) const {
    return tls ? tls->write(data, size) : ::send(fd.get(), data, size, MSG_NOSIGNAL);
  }
};

}  // namespace weft::net
