#include "lib/conform/wire.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "lib/base/format.h"
#include "lib/conform/outcome.h"
#include "lib/net/connect.h"
#include "lib/net/resolve.h"

namespace weft::conform {
namespace {

// A datagram socket is connected, too: then it is told that nobody listens.
net::Dial dial(const net::Address& address, int type) {
  if (type == SOCK_STREAM) return net::dial(address);
  net::Dial out;
  out.fd = net::Fd(::socket(address.family(), type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const bool good =
      out.fd && ::connect(out.fd.get(), reinterpret_cast<const sockaddr*>(&address.storage),
                          address.size) == 0;
  if (!good) out.error = errno;
  return out;
}

}  // namespace

net::TlsClientOptions tls_options(const RequestSpec& request) {
  net::TlsClientOptions out;
  out.verify = request.tls.verify;
  out.ca = request.tls.ca;
  out.identity = {request.certificate, request.key};
  out.server_name = request.tls.server_name;
  out.curves = request.tls.curves;
  if (request.tls.only_1_3) out.min_version = net::TlsVersion::v1_3;
  return out;
}

void Wire::extend(base::Nanoseconds timeout) {
  began_ = base::system_clock().monotonic();
  deadline_ = began_ + timeout;
}

bool Wire::await(short events, std::string_view step, Answer& answer) const {
  for (;;) {
    const auto left = deadline_ - base::system_clock().monotonic();
    const auto ms = std::chrono::ceil<std::chrono::milliseconds>(left).count();
    if (ms <= 0) break;
    pollfd wanted{stream_.fd.get(), events, 0};
    const int ready = ::poll(&wanted, 1, static_cast<int>(std::min<std::int64_t>(ms, 60'000)));
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) break;
  }
  time_out(step, answer);
  return false;
}

void Wire::time_out(std::string_view step, Answer& answer) {
  answer.outcome = "timeout";
  answer.error = fmt::format("time ran out while {}", step);
}

void Wire::fail(int error, Answer& answer) const {
  if (error == EPROTO && stream_.tls) {
    answer.outcome = outcome_of(stream_.tls->failure(), stream_.tls->alert());
    answer.error = net::tls_failure_text(stream_.tls->failure());
    return;
  }
  answer.outcome = outcome_of_errno(error);
  answer.error = std::strerror(error);
}

bool Wire::connect(const std::string& host, std::uint16_t port, int type, Answer& answer) {
  const auto addresses = net::resolve(host, port, deadline_ - base::system_clock().monotonic());
  if (!addresses.ok()) {
    answer.outcome = addresses.error().code == base::ExitCode::timeout ? "timeout" : "dns";
    answer.error = addresses.error().message;
    return false;
  }
  answer.steps.dns = passed();
  for (const net::Address& address : *addresses) {
    net::Dial dialed = dial(address, type);
    int error = dialed.error;
    stream_.fd = std::move(dialed.fd);
    if (error == EINPROGRESS) {
      if (!await(POLLOUT, "connecting", answer)) return false;
      error = net::connect_error(stream_.fd.get());
    }
    if (error == 0) {
      answer.steps.connect = passed();
      return true;
    }
    fail(error, answer);
  }
  return false;
}

bool Wire::shake_hands(const RequestSpec& request, const std::string& host,
                       const std::vector<std::string>& protocols, Answer& answer) {
  const auto& offered = request.tls.protocols.empty() ? protocols : request.tls.protocols;
  auto context = net::TlsContext::client(tls_options(request), host, offered);
  if (!context.ok()) {
    answer.outcome = "protocol";
    answer.error = context.error().message;
    return false;
  }
  context_ = *std::move(context);
  stream_.tls = std::make_unique<net::TlsSession>(*context_, stream_.fd.get());
  for (;;) {
    const auto step = stream_.tls->handshake();
    if (step == net::TlsSession::Step::done) {
      answer.steps.tls = passed();
      return true;
    }
    if (step == net::TlsSession::Step::failed) {
      fail(EPROTO, answer);
      return false;
    }
    const short events = step == net::TlsSession::Step::wants_write ? POLLOUT : POLLIN;
    if (!await(events, "agreeing on TLS", answer)) return false;
  }
}

bool Wire::write(std::string_view bytes, Answer& answer) {
  while (!bytes.empty()) {
    const ssize_t size = stream_.write(bytes.data(), bytes.size());
    if (size > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(size));
    } else if (size < 0 && errno == EAGAIN) {
      if (!await(POLLOUT, "sending the request", answer)) return false;
    } else if (size == 0 || errno != EINTR) {
      fail(size == 0 ? ECONNRESET : errno, answer);
      return false;
    }
  }
  return true;
}

bool Wire::end_writing(Answer& answer) {
  if (::shutdown(stream_.fd.get(), SHUT_WR) == 0) return true;
  fail(errno, answer);
  return false;
}

std::optional<std::string_view> Wire::read(Answer& answer) {
  for (;;) {
    const ssize_t size = stream_.read(buffer_.data(), buffer_.size());
    if (size > 0 && !answer.steps.first_byte) answer.steps.first_byte = passed();
    if (size >= 0) {  // a server that never pauses may not take longer, either
      if (base::system_clock().monotonic() >= deadline_) {
        time_out("waiting for the answer", answer);
        return std::nullopt;
      }
      return std::string_view(buffer_.data(), static_cast<std::size_t>(size));
    }
    if (errno == EINTR) continue;
    if (errno != EAGAIN) {
      fail(errno, answer);
      return std::nullopt;
    }
    if (!await(POLLIN, "waiting for the answer", answer)) return std::nullopt;
  }
}

}  // namespace weft::conform
