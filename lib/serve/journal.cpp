#include "lib/serve/journal.h"

#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>

#include "lib/base/format.h"
#include "lib/net/connect.h"
#include "lib/net/resolve.h"
#include "lib/serve/json_text.h"

namespace weft::serve {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;

// What meshes tell the application about its caller.
constexpr std::array<std::string_view, 4> kIdentity = {"x-forwarded-client-cert", "l5d-client-id",
                                                       "x-forwarded-for", "x-weft-identity"};
constexpr std::size_t kMaxAnswer = 64u << 20;

void member(std::string& out, std::string_view name, std::string_view value) {
  out += ",\"";
  out += name;
  out += "\":";
  append_json(out, value.substr(0, Journal::kMaxValue));
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       c == '-' || c == '.' || c == '_';
    if (plain)
      out += c;
    else
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

// Waits until the socket is ready for `events`; false when time has run out.
bool await(int fd, short events, base::MonoTime deadline) {
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(deadline - base::system_clock().monotonic());
  if (left.count() <= 0) return false;
  pollfd wanted{fd, events, 0};
  return ::poll(&wanted, 1, static_cast<int>(left.count())) > 0;
}

}  // namespace

void Journal::add(const net::RequestHead& head, std::string_view nonce, std::string peer,
                  base::WallTime time) {
  Record record{std::string(nonce), {}};
  member(record.json, "time", base::format_rfc3339(time));
  member(record.json, "nonce", nonce);
  member(record.json, "method", head.method);
  member(record.json, "target", head.target);
  member(record.json, "host", head.host);
  member(record.json, "peer", peer);
  for (const std::string_view name : kIdentity)
    if (const auto* field = head.find(name)) member(record.json, name, field->value);
  const std::lock_guard lock(mutex_);
  ++last_;
  if (sink_) {
    std::string line;
    append_line(line, last_, record);
    sink_(line);
  }
  records_.push_back(std::move(record));
  if (records_.size() > kRemembered) records_.pop_front();
}

void Journal::append_line(std::string& out, std::uint64_t number, const Record& record) {
  out += "{\"seq\":";
  append_number(out, number);
  out += record.json;
  out += "}\n";
}

std::string Journal::lines(std::uint64_t since, std::string_view prefix) const {
  std::string out;
  const std::lock_guard lock(mutex_);
  std::uint64_t number = last_ - records_.size();
  for (const Record& record : records_) {
    ++number;
    if (number <= since || !record.nonce.starts_with(prefix)) continue;
    append_line(out, number, record);
  }
  return out;
}

Result<std::string> read_journal(const std::string& socket, std::uint64_t since,
                                 std::string_view prefix, base::Nanoseconds timeout) {
  const auto deadline = base::system_clock().monotonic() + timeout;
  WEFT_TRY(address, net::unix_address(socket));
  net::Dial dial = net::dial(address);
  if (dial.error != 0 && dial.error != EINPROGRESS)
    return base::system_error(ExitCode::cluster, "nothing answers on " + socket, dial.error);
  const int fd = dial.fd.get();
  const Error late{ExitCode::timeout, "the journal on " + socket + " did not answer in time"};
  const std::string request = fmt::format(
      "GET /journal?since={}&nonce={} HTTP/1.1\r\nHost: journal\r\nConnection: "
      "close\r\n\r\n",
      since, escaped(prefix));
  if (!await(fd, POLLOUT, deadline)) return late;
  if (::send(fd, request.data(), request.size(), MSG_NOSIGNAL) !=
      static_cast<ssize_t>(request.size()))
    return base::system_error(ExitCode::cluster, "nothing listens on " + socket, errno);
  std::string answer;
  std::array<char, 64 << 10> buffer;
  for (;;) {
    if (!await(fd, POLLIN, deadline)) return late;
    const ssize_t size = ::recv(fd, buffer.data(), buffer.size(), 0);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    if (size <= 0) break;
    answer.append(buffer.data(), static_cast<std::size_t>(size));
    if (answer.size() > kMaxAnswer) break;
  }
  const auto body = answer.find("\r\n\r\n");
  if (!answer.starts_with("HTTP/1.1 200 ") || body == std::string::npos ||
      answer.find("application/x-ndjson") > body)
    return Error{ExitCode::invalid, "what answers on " + socket + " is no journal",
                 "start the service with --journal-socket " + socket};
  return answer.substr(body + 4);
}

}  // namespace weft::serve
