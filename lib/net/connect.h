// Client sockets that never block.
#pragma once

#include <string_view>

#include "lib/net/fd.h"
#include "lib/net/resolve.h"

namespace weft::net {

struct Dial {
  Fd fd;
  int error = 0;  // errno; 0 when connected, EINPROGRESS while the peer has not answered
};

// Starts to connect a non-blocking stream socket, with Nagle's delay off, from the address `from`
// where one is given. When it is in progress, the socket becomes writable once it is decided;
// connect_error() then tells how.
Dial dial(const Address& address, const Address* from = nullptr);
int connect_error(int fd);
// What an errno of a socket says about the other side, in one word: "refused", "unreachable",
// "timeout" and "reset", or "resources" where it is this machine that has none left.
std::string_view socket_outcome(int error);

// Closes a connection that is of no more use: in order when the peer has closed already, with a
// reset otherwise. To close first would keep the local port in TIME_WAIT for a minute, and ports
// would run out at some 470 connections a second.
void close_for_good(Fd& fd);

}  // namespace weft::net
