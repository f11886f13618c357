#include "lib/grpc/client.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <memory>
#include <system_error>
#include <thread>

#include "lib/base/clock.h"
#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/grpc/answer.h"
#include "lib/net/connect.h"
#include "lib/net/resolve.h"
#include "lib/net/stream.h"

namespace weft::grpc {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;

constexpr std::size_t kMostAnswer = 16 << 20;  // bytes of messages

// The stream of the call; its fields and messages as they come.
class Exchange final : public net::Http2Handler {
 public:
  explicit Exchange(std::string request) : request_(std::move(request)) {}

  CallAnswer answer;
  bool over = false;
  bool whole = false;
  net::Http2Fault fault;
  AnswerReader reader;
  std::size_t received = 0;

 private:
  void on_field(net::Http2Tag, std::string_view name, std::string_view value) override {
    reader.field(name, value);
    if (!name.starts_with(':')) answer.fields.emplace_back(name, value);
  }
  void on_data(net::Http2Tag, std::string_view bytes) override {
    received += bytes.size();
    if (received > kMostAnswer) return;
    while (const auto message = reader.next(bytes)) answer.messages.emplace_back(*message);
  }
  void on_whole(net::Http2Tag) override { whole = true; }
  void on_over(net::Http2Tag, net::Http2Fault why) override {
    over = true;
    fault = why;
  }
  BodyPart next_body(net::Http2Tag, char* out, std::size_t room) override {
    const std::size_t size = std::min(room, request_.size() - sent_);
    std::copy_n(request_.data() + sent_, size, out);
    sent_ += size;
    return {.size = size, .end = sent_ == request_.size()};
  }

  std::string request_;
  std::size_t sent_ = 0;
};

class Caller {
 public:
  explicit Caller(const Call& call)
      : call_(call), deadline_(base::system_clock().monotonic() + call.timeout) {}

  Result<CallAnswer> run() {
    WEFT_TRY(addresses, find_addresses());
    WEFT_CHECK(connect(addresses));
    std::string request;
    for (const std::string& message : call_.messages) append_frame(request, message);
    Exchange exchange(std::move(request));
    net::Http2Session session(exchange, {});
    const net::Http2Fields fields = header();
    session.request(fields, true, &exchange);
    while (!exchange.whole && !exchange.over) {
      WEFT_CHECK(flush(session));
      WEFT_CHECK(wait(POLLIN));
      WEFT_CHECK(receive(session));
    }
    return judge(exchange);
  }

 private:
  Error failed(std::string why) const {
    return {ExitCode::tool,
            fmt::format("calling {} at {} failed: {}", call_.method, call_.url.authority(), why)};
  }
  Error failed(int error_number) const {
    if (stream_.tls && error_number == EPROTO)
      return failed(std::string(net::tls_failure_text(stream_.tls->failure())));
    return failed(std::generic_category().message(error_number));
  }

  Result<std::vector<net::Address>> find_addresses() const {
    if (!call_.unix_socket.empty()) {
      WEFT_TRY(address, net::unix_address(call_.unix_socket));
      return std::vector{address};
    }
    if (call_.proxy) return net::resolve(call_.proxy->host, call_.proxy->port, call_.timeout);
    if (call_.connect_to)
      return net::resolve(call_.connect_to->first, call_.connect_to->second, call_.timeout);
    const std::string key = fmt::format("{}:{}", call_.url.host, call_.url.port);
    for (const auto& [name, address_text] : call_.resolve) {
      if (!base::equal_ignoring_case(name, key)) continue;
      WEFT_TRY(address, net::parse_address(address_text, call_.url.port));
      return std::vector{address};
    }
    return net::resolve(call_.url.host, call_.url.port, call_.timeout);
  }

  Result<void> wait(short events) const {
    const auto left = deadline_ - base::system_clock().monotonic();
    const auto ms = std::chrono::ceil<std::chrono::milliseconds>(left).count();
    pollfd entry{stream_.fd.get(), events, 0};
    if (ms > 0) {
      if (stream_.tls && events == POLLIN && stream_.tls->buffered()) return {};
      const int ready = ::poll(&entry, 1, static_cast<int>(std::min<long long>(ms, 1 << 30)));
      if (ready > 0 || (ready < 0 && errno == EINTR)) return {};
    }
    return Error{ExitCode::timeout,
                 fmt::format("calling {} at {} took longer than {}", call_.method,
                             call_.url.authority(), base::format_duration(call_.timeout))};
  }

  Result<void> connect(const std::vector<net::Address>& addresses) {
    int error = 0;
    for (const net::Address& address : addresses) {
      net::Dial dialed = net::dial(address);
      error = dialed.error;
      stream_.fd = std::move(dialed.fd);
      if (error == EINPROGRESS) {
        WEFT_CHECK(wait(POLLOUT));
        error = net::connect_error(stream_.fd.get());
      }
      if (error != 0) continue;
      WEFT_CHECK(dig());
      return secure();
    }
    return failed(error);
  }

  // What the proxy says is looked at before it is taken: what follows is the target's.
  Result<void> dig() const {
    if (!call_.proxy) return {};
    net::ProxyDialog dialog(*call_.proxy, call_.url.host, call_.url.port);
    std::array<char, 4096> buffer;
    while (!dialog.open()) {
      WEFT_CHECK(tell(dialog));
      WEFT_CHECK(wait(POLLIN));
      const ssize_t size = ::recv(stream_.fd.get(), buffer.data(), buffer.size(), MSG_PEEK);
      if (size < 0 && (errno == EAGAIN || errno == EINTR)) continue;
      if (size <= 0) return failed("the proxy closed the connection");
      const std::size_t used = dialog.feed({buffer.data(), static_cast<std::size_t>(size)});
      if (dialog.fault()) return failed(net::proxy_fault_text(dialog.fault()));
      if (used == 0 && static_cast<std::size_t>(size) == buffer.size())
        return failed("the proxy says too much");
      if (used == 0)
        std::this_thread::sleep_for(std::chrono::milliseconds(1));  // the rest is on its way
      else
        ::recv(stream_.fd.get(), buffer.data(), used, 0);
    }
    return {};
  }

  Result<void> tell(net::ProxyDialog& dialog) const {
    while (!dialog.output().empty()) {
      const std::string_view out = dialog.output();
      const ssize_t size = ::send(stream_.fd.get(), out.data(), out.size(), MSG_NOSIGNAL);
      if (size >= 0)
        dialog.sent(static_cast<std::size_t>(size));
      else if (errno == EAGAIN)
        WEFT_CHECK(wait(POLLOUT));
      else if (errno != EINTR)
        return failed(errno);
    }
    return {};
  }

  Result<void> secure() {
    if (!call_.url.is_secure()) return {};
    WEFT_TRY(context, net::TlsContext::client(call_.tls, call_.url.host, {"h2"}));
    context_ = std::move(context);
    stream_.tls = std::make_unique<net::TlsSession>(*context_, stream_.fd.get());
    for (;;) {
      switch (stream_.tls->handshake()) {
        case net::TlsSession::Step::done:
          return {};
        case net::TlsSession::Step::wants_read:
          WEFT_CHECK(wait(POLLIN));
          break;
        case net::TlsSession::Step::wants_write:
          WEFT_CHECK(wait(POLLOUT));
          break;
        case net::TlsSession::Step::failed:
          return failed(EPROTO);
      }
    }
  }

  net::Http2Fields header() const {
    net::Http2Fields fields{{":method", "POST"},
                            {":scheme", call_.url.is_secure() ? "https" : "http"},
                            {":path", "/" + call_.method},
                            {":authority", call_.url.authority()},
                            {"te", "trailers"},
                            {"content-type", "application/grpc"}};
    if (call_.send_deadline) fields.emplace_back("grpc-timeout", encode_timeout(call_.timeout));
    fields.insert(fields.end(), call_.metadata.begin(), call_.metadata.end());
    return fields;
  }

  Result<void> flush(net::Http2Session& session) const {
    std::string out;
    do {
      out.clear();
      if (!session.take_output(out, 1 << 16)) return failed(http2_fault_text(session.fault()));
      for (std::string_view rest = out; !rest.empty();) {
        const ssize_t n = stream_.write(rest.data(), rest.size());
        if (n > 0)
          rest.remove_prefix(static_cast<std::size_t>(n));
        else if (errno == EAGAIN)
          WEFT_CHECK(wait(POLLOUT));
        else if (errno != EINTR)
          return failed(errno);
      }
    } while (!out.empty());
    return {};
  }

  Result<void> receive(net::Http2Session& session) const {
    std::array<char, 1 << 14> buffer;
    const ssize_t n = stream_.read(buffer.data(), buffer.size());
    if (n < 0) return errno == EAGAIN || errno == EINTR ? Result<void>() : failed(errno);
    if (n == 0) return failed("the connection was closed without an answer");
    if (session.receive({buffer.data(), static_cast<std::size_t>(n)})) return {};
    return failed(http2_fault_text(session.fault()));
  }

  Result<CallAnswer> judge(Exchange& exchange) const {
    CallAnswer& answer = exchange.answer;
    if (!exchange.whole) return failed(http2_fault_text(exchange.fault));
    if (exchange.received > kMostAnswer) return failed("the answer is longer than 16 MiB");
    const AnswerFault fault = exchange.reader.end(false);
    if (fault != AnswerFault::none)
      return failed(
          fmt::format("{} (status {})", answer_fault_text(fault), exchange.reader.http_status()));
    answer.http_status = exchange.reader.http_status();
    answer.status = {exchange.reader.status(), exchange.reader.status_message()};
    return std::move(answer);
  }

  const Call& call_;
  const base::MonoTime deadline_;
  std::shared_ptr<const net::TlsContext> context_;
  net::Stream stream_;
};

}  // namespace

std::string_view CallAnswer::field(std::string_view name) const {
  for (const auto& [key, value] : fields)
    if (key == name) return value;
  return {};
}

Result<CallAnswer> call(const Call& call) { return Caller(call).run(); }

}  // namespace weft::grpc
