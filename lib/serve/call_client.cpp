#include "lib/serve/call_client.h"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "lib/base/number.h"
#include "lib/base/text.h"
#include "lib/net/connect.h"
#include "lib/net/http1_request.h"

namespace weft::serve {
namespace {

// What is kept of an answer: 64 KiB of header, the body, and the framing of small chunks.
constexpr std::size_t kMaxReceived = 3 * kMaxCallBody;
constexpr std::size_t kMaxAddresses = 4;

std::string_view outcome_of(net::Http1Failure failure) {
  switch (failure) {
    case net::Http1Failure::closed:
      return "closed";
    case net::Http1Failure::truncated:
      return "short_body";
    case net::Http1Failure::tls:
      return "tls";
    default:
      return "protocol";
  }
}

}  // namespace

CallClient::CallClient(net::Loop& loop, Lookups& lookups, const CallPlan& plan,
                       std::function<void(CallResult)> done)
    : loop_(loop),
      plan_(plan),
      done_(std::move(done)),
      on_resolved_(std::make_shared<Lookups::Callback>(
          [this](Addresses addresses) { resolved(std::move(addresses)); })),
      began_(loop.read_clock()),
      timer_([this] { expired(); }),
      out_(call_text(plan)) {
  answer_.start(plan.method == "HEAD");
  loop_.timers().set(timer_, began_ + plan.timeout);
  const std::string& host = plan.url.host;
  const bool inline_answer = host == "localhost" || net::parse_address(host, 0).ok();
  if (!inline_answer) {
    lookups.ask(host, plan.url.port, plan.timeout, loop_, on_resolved_);
    return;
  }
  loop_.post([&loop = loop_, host, port = plan.url.port,
              callback = std::weak_ptr<Lookups::Callback>(on_resolved_)] {
    if (const auto wanted = callback.lock())
      (*wanted)(net::resolve(host, port, base::Nanoseconds(0)));
  });
}

CallClient::~CallClient() { unwatch(); }

void CallClient::resolved(Addresses addresses) {
  if (state_ != State::resolving) return;
  result_.dns = elapsed();
  if (!addresses) {
    const base::Error& error = addresses.error();
    const bool late = error.code == base::ExitCode::timeout;
    return fail(late ? "timeout" : "dns",
                error.cause.empty() ? error.message : error.message + ": " + error.cause);
  }
  addresses_ = std::move(*addresses);
  connect_next();
}

// Tries the addresses in their order; the failure of the last one counts.
void CallClient::connect_next() {
  for (;;) {
    unwatch();
    state_ = State::connecting;
    const net::Address& address = addresses_[tried_++];
    result_.peer = address.text();
    net::Dial dial = net::dial(address);
    socket_ = std::move(dial.fd);
    if (dial.error == 0 || dial.error == EINPROGRESS) {
      watched_ = loop_.add(socket_.get(), EPOLLOUT, *this);
      if (!watched_) return fail("resources", "the kernel has no room for one more watch");
      if (dial.error == 0) connected();
      return;
    }
    if (tried_ == addresses_.size() || tried_ == kMaxAddresses) return fail_errno(dial.error);
  }
}

void CallClient::ready(std::uint32_t) {
  if (state_ == State::connecting) {
    const int error = net::connect_error(socket_.get());
    if (error == 0) return connected();
    if (tried_ < addresses_.size() && tried_ < kMaxAddresses) return connect_next();
    return fail_errno(error);
  }
  if (state_ == State::sending) return send();
  if (state_ == State::receiving) receive();
}

void CallClient::connected() {
  result_.connect = elapsed();
  state_ = State::sending;
  send();
}

void CallClient::send() {
  while (sent_ < out_.size()) {
    const ssize_t size =
        ::send(socket_.get(), out_.data() + sent_, out_.size() - sent_, MSG_NOSIGNAL);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0 && errno == EAGAIN) return;
    if (size < 0) break;  // an answer may have come all the same: an early refusal
    sent_ += static_cast<std::size_t>(size);
  }
  state_ = State::receiving;
  loop_.modify(socket_.get(), EPOLLIN);
}

void CallClient::receive() {
  std::array<char, 16 << 10> buffer;
  const ssize_t size = ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (size < 0) return fail_errno(errno);
  if (size == 0) {
    answer_.end_of_stream();
    return finish();
  }
  if (!result_.ttfb) result_.ttfb = elapsed();
  const std::string_view bytes(buffer.data(), static_cast<std::size_t>(size));
  const std::size_t used = answer_.feed(bytes);
  if (received_.size() < kMaxReceived) received_.append(bytes.substr(0, used));
  if (answer_.done() || answer_.failed()) finish();
}

void CallClient::expired() {
  constexpr std::string_view kSteps[] = {"resolving the name", "connecting", "sending the request",
                                         "waiting for the answer"};
  fail("timeout", "time ran out while " + std::string(kSteps[static_cast<std::size_t>(state_)]));
}

void CallClient::fail(std::string_view outcome, std::string error) {
  result_.outcome = outcome;
  result_.error = std::move(error);
  finish();
}

void CallClient::fail_errno(int error) { fail(net::socket_outcome(error), std::strerror(error)); }

void CallClient::finish() {
  result_.total = elapsed();
  if (answer_.failed()) {
    result_.outcome = outcome_of(answer_.failure());
    result_.error = net::http1_failure_text(answer_.failure());
  }
  if (result_.outcome.empty()) result_.outcome = "answered";
  read_answer(received_, result_);
  if (answer_.body_bytes() > result_.body.size()) result_.body_cut = true;
  state_ = State::done;
  loop_.timers().cancel(timer_);
  unwatch();
  const auto done = std::move(done_);
  done(std::move(result_));
}

void CallClient::unwatch() {
  if (watched_) loop_.remove(socket_.get());
  watched_ = false;
  socket_.reset();
}

void read_answer(std::string_view raw, CallResult& result) {
  bool chunked = false;
  const auto take_line = [&raw](std::string_view& line) {
    const auto end = raw.find('\n');
    if (end == std::string_view::npos) return false;
    line = base::trim(raw.substr(0, end));
    raw.remove_prefix(end + 1);
    return true;
  };
  int status = 0;
  std::string_view line;
  do {  // a final status may follow interim ones
    result.headers.clear();
    if (!take_line(line) || line.size() < 12) return;
    status = static_cast<int>(base::parse_uint(line.substr(9, 3)).value_or(0));
    do {
      if (!take_line(line)) return;
      const auto colon = line.find(':');
      if (colon == std::string_view::npos) continue;
      std::string name = base::lower(base::trim(line.substr(0, colon)));
      const std::string_view value = base::trim(line.substr(colon + 1));
      chunked = chunked || name == "transfer-encoding";
      result.headers.emplace_back(std::move(name), value);
    } while (!line.empty());
  } while (status < 200);
  result.status = status;
  if (chunked) {
    net::RequestHead framing;
    framing.chunked = true;
    net::BodyReader reader;
    reader.start(framing, UINT64_MAX);
    std::size_t used = 0;
    reader.feed(raw, used, &result.body);
  } else {
    result.body = raw;
  }
  if (result.body.size() > kMaxCallBody) result.body.resize(kMaxCallBody);
}

}  // namespace weft::serve
