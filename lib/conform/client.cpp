#include "lib/conform/client.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "lib/base/clock.h"
#include "lib/base/text.h"
#include "lib/conform/outcome.h"
#include "lib/conform/protocols.h"
#include "lib/conform/wire.h"
#include "lib/net/connect.h"
#include "lib/net/resolve.h"
#include "lib/pki/certificate.h"
#include "lib/serve/call.h"
#include "lib/serve/call_client.h"

namespace weft::conform {
namespace {

constexpr std::size_t kKept = 192 << 10;       // of an answer: headers, body, framing
constexpr std::uint64_t kMaxBody = 16u << 20;  // more is no answer to a probe

void fail(Answer& answer, std::string_view outcome, std::string_view error) {
  answer.outcome = outcome;
  answer.error = error;
}

void fail_errno(Answer& answer, int error) {
  fail(answer, outcome_of_errno(error), std::strerror(error));
}

serve::CallPlan call_of(const RequestSpec& request, const std::string& nonce, net::Url url,
                        bool keep) {
  serve::CallPlan out;
  out.url = std::move(url);
  out.method = request.method;
  out.body = request.body;
  out.keep = keep;
  for (const auto& [name, value] : request.headers) out.headers.emplace_back(name, value);
  if (!nonce.empty()) out.headers.emplace_back("x-weft-nonce", nonce);
  return out;
}

// RFC 9110, 10.1.1: whoever asks does not wait for ever.
constexpr auto kContinue = std::chrono::seconds(1);

bool waits_to_continue(const RequestSpec& request) {
  return std::ranges::any_of(request.headers, [](const auto& header) {
    return base::equal_ignoring_case(header.first, "expect") &&
           base::equal_ignoring_case(header.second, "100-continue");
  });
}

}  // namespace

struct Client::Deadline {
  base::MonoTime at;
  base::MonoTime began = base::system_clock().monotonic();

  base::Nanoseconds passed() const { return base::system_clock().monotonic() - began; }
  base::Nanoseconds left() const { return at - base::system_clock().monotonic(); }
  // False when time has run out before `fd` was ready.
  bool await(int fd, short events) const {
    for (;;) {
      const auto ms = std::chrono::ceil<std::chrono::milliseconds>(left()).count();
      if (ms <= 0) return false;
      pollfd wanted{fd, events, 0};
      const int ready = ::poll(&wanted, 1, static_cast<int>(std::min<std::int64_t>(ms, 60'000)));
      if (ready > 0) return true;
      if (ready < 0 && errno != EINTR) return false;
    }
  }
};

Answer Client::send(const RequestSpec& request, const std::string& nonce) {
  Answer answer;
  const auto target = parse_probe_target(request.url);
  if (target.ok() && target->protocol != ProbeProtocol::http1) {
    answer = send_otherwise(*target, request, nonce, line_);
    if (!keep_) line_.reset();
    return answer;
  }
  const Deadline deadline{base::system_clock().monotonic() + request.timeout};
  auto url = net::parse_url(request.url);
  if (!url.ok()) {
    fail(answer, "protocol", url.error().message);
    return answer;
  }
  const std::string peer = url->scheme + "://" + url->authority();
  const std::string text = serve::call_text(call_of(request, nonce, *url, keep_));
  if (peer != peer_) close();
  const bool reused = static_cast<bool>(stream_.fd);
  answer.reused = reused;
  if (!reused && !connect(request, *url, deadline, answer)) return answer;
  peer_ = peer;
  exchange(request, text, deadline, answer);
  // A server may close an idle connection at any time: no answer at all says only that it did
  // (RFC 9110, 9.2.2).
  const bool closed = answer.outcome == "eof" || answer.outcome == "reset";
  if (reused && closed && !heard_ && request.method != "POST") {
    answer = Answer();
    close();
    if (!connect(request, *url, deadline, answer)) return answer;
    exchange(request, text, deadline, answer);
  }
  if (!answer.outcome.starts_with("http:") || !keep_) close();
  return answer;
}

void Client::exchange(const RequestSpec& request, std::string_view text, const Deadline& deadline,
                      Answer& answer) {
  heard_ = false;
  see_certificate(answer);
  const auto head = text.substr(0, text.find("\r\n\r\n") + 4);
  if (waits_to_continue(request) && head.size() < text.size()) {
    if (!transmit(head, deadline, answer)) return;
    static_cast<void>(
        Deadline{std::min(deadline.at, base::system_clock().monotonic() + kContinue)}.await(
            stream_.fd.get(), POLLIN));
    text.remove_prefix(head.size());
  }
  if (transmit(text, deadline, answer)) receive(request.method == "HEAD", deadline, answer);
}

void Client::close() {
  stream_.tls.reset();
  stream_.fd.reset();
}

bool Client::connect(const RequestSpec& request, const net::Url& url, const Deadline& deadline,
                     Answer& answer) {
  const auto addresses = net::resolve(url.host, url.port, deadline.left());
  if (!addresses.ok()) {
    const bool late = addresses.error().code == base::ExitCode::timeout;
    fail(answer, late ? "timeout" : "dns", addresses.error().message);
    return false;
  }
  answer.steps.dns = deadline.passed();
  for (const net::Address& address : *addresses) {
    net::Dial dial = net::dial(address);
    int error = dial.error;
    if (error == EINPROGRESS) {
      if (!deadline.await(dial.fd.get(), POLLOUT)) {
        fail(answer, "timeout", "time ran out while connecting");
        return false;
      }
      error = net::connect_error(dial.fd.get());
    }
    if (error == 0) {
      stream_.fd = std::move(dial.fd);
      answer.steps.connect = deadline.passed();
      return url.scheme != "https" || shake_hands(request, url.host, deadline, answer);
    }
    fail_errno(answer, error);
  }
  return false;
}

bool Client::shake_hands(const RequestSpec& request, const std::string& host,
                         const Deadline& deadline, Answer& answer) {
  const std::vector<std::string> usual{"http/1.1"};
  auto context = net::TlsContext::client(
      tls_options(request), host, request.tls.protocols.empty() ? usual : request.tls.protocols);
  if (!context.ok()) {
    fail(answer, "protocol", context.error().message);
    close();
    return false;
  }
  context_ = *std::move(context);
  stream_.tls = std::make_unique<net::TlsSession>(*context_, stream_.fd.get());
  for (;;) {
    const auto step = stream_.tls->handshake();
    if (step == net::TlsSession::Step::done) {
      answer.steps.tls = deadline.passed();
      break;
    }
    const bool failed = step == net::TlsSession::Step::failed;
    const short events = step == net::TlsSession::Step::wants_write ? POLLOUT : POLLIN;
    if (!failed && deadline.await(stream_.fd.get(), events)) continue;
    see_certificate(answer);
    if (failed)
      fail_here(answer, EPROTO);
    else
      fail(answer, "timeout", "time ran out during the TLS handshake");
    close();
    return false;
  }
  return true;
}

void Client::see_certificate(Answer& answer) const {
  if (!stream_.tls) return;
  answer.tls.emplace();
  answer.tls->asked = stream_.tls->certificate_asked();
  const auto peer = stream_.tls->facts().peer;
  if (peer.empty()) return;
  const auto shown = pki::read_certificates(peer.front().pem, "the certificate of the server");
  if (!shown.ok()) return;
  answer.tls->names = shown->front().uris;
  answer.tls->names.insert(answer.tls->names.end(), shown->front().dns_names.begin(),
                           shown->front().dns_names.end());
  answer.tls->fingerprint = shown->front().fingerprint;
}

// What the socket reports, or TLS on it.
void Client::fail_here(Answer& answer, int error) const {
  if (error != EPROTO || !stream_.tls) return fail_errno(answer, error);
  const net::TlsFailure failure = stream_.tls->failure();
  fail(answer, outcome_of(failure, stream_.tls->alert()), net::tls_failure_text(failure));
}

bool Client::transmit(std::string_view text, const Deadline& deadline, Answer& answer) {
  while (!text.empty()) {
    if (!deadline.await(stream_.fd.get(), POLLOUT)) {
      fail(answer, "timeout", "time ran out while sending the request");
      return false;
    }
    const ssize_t size = stream_.write(text.data(), text.size());
    if (size < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (size < 0) break;  // an answer may have come all the same: an early refusal
    text.remove_prefix(static_cast<std::size_t>(size));
  }
  return true;
}

void Client::receive(bool to_head, const Deadline& deadline, Answer& answer) {
  net::Http1Response framing;
  framing.start(to_head);
  std::string kept;
  std::array<char, 16 << 10> buffer;
  while (!framing.done() && !framing.failed()) {
    const ssize_t size = stream_.read(buffer.data(), buffer.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0 && errno == EAGAIN) {  // TLS may have read more than it has given out
      if (deadline.await(stream_.fd.get(), POLLIN)) continue;
      return fail(answer, "timeout", "time ran out while waiting for the answer");
    }
    if (size < 0) return fail_here(answer, errno);
    if (size == 0) {
      framing.end_of_stream();
      break;
    }
    if (!heard_) answer.steps.first_byte = deadline.passed();
    heard_ = true;
    if (deadline.left().count() <= 0)  // a server that never pauses may not take longer, either
      return fail(answer, "timeout", "time ran out while waiting for the answer");
    const std::string_view bytes(buffer.data(), static_cast<std::size_t>(size));
    const std::size_t used = framing.feed(bytes);
    if (kept.size() < kKept) kept.append(bytes.substr(0, used));
    if (framing.body_bytes() > kMaxBody)
      return fail(answer, "protocol", "the answer is larger than 16 MiB");
    if (framing.done() && used < bytes.size())
      return fail(answer, "protocol", "more than the answer came");
  }
  if (framing.failed())
    return fail(answer, outcome_of(framing.failure()), net::http1_failure_text(framing.failure()));
  serve::CallResult read;
  serve::read_answer(kept, read);
  answer.status = static_cast<int>(framing.status());
  answer.headers = std::move(read.headers);
  answer.body = std::move(read.body);
  answer.body_size = framing.body_bytes();
  answer.outcome = http_outcome(answer.status);
  if (!framing.keep_alive()) close();
}

}  // namespace weft::conform
