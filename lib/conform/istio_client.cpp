#include "lib/conform/istio_client.h"

#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <thread>

#include "lib/base/clock.h"
#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/conform/protocols.h"
#include "lib/grpc/wire.h"
#include "lib/net/resolve.h"
#include "lib/serve/go_text.h"

namespace weft::conform {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;

constexpr std::uint64_t kAtOnce = 20;

// "http://echo/a" and the other ways to write it, as a URL of protocols.h.
std::string probe_url(const IstioCall& call) {
  std::string url = call.url.find("://") == std::string::npos ? "http://" + call.url : call.url;
  const auto scheme = base::lower(url.substr(0, url.find("://")));
  const std::string rest = url.substr(scheme.size());
  if (scheme == "grpc") return scheme + rest + "/proto.EchoTestService/Echo";
  if (call.http2 && scheme == "http") return "h2c" + rest;
  if (call.http2 && scheme == "https") return "h2" + rest;
  return scheme + rest;
}

// The address of this machine that reaches that one; nothing is sent.
std::string source_address(const net::Url& url) {
  const auto addresses = net::resolve(url.host, url.port, std::chrono::seconds(1));
  if (!addresses.ok()) return "";
  const net::Address& to = addresses->front();
  const net::Fd fd(::socket(to.family(), SOCK_DGRAM | SOCK_CLOEXEC, 0));
  net::Address own;
  own.size = sizeof own.storage;
  if (!fd || ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&to.storage), to.size) != 0 ||
      ::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&own.storage), &own.size) != 0)
    return "";
  std::string text = own.text();
  text.resize(text.rfind(':'));
  return text.starts_with('[') ? text.substr(1, text.size() - 2) : text;
}

class Forwarder {
 public:
  explicit Forwarder(const IstioCall& call) : call_(call) {}

  Result<std::vector<std::string>> run() {
    WEFT_TRY(target, parse_probe_target(probe_url(call_)));
    target_ = std::move(target);
    request_.url = probe_url(call_);
    request_.method = call_.method.empty() ? "GET" : call_.method;
    for (const auto& [name, value] : call_.headers) request_.headers.emplace(name, value);
    prepare_body();
    source_ = source_address(target_.url);
    outputs_.resize(call_.count);
    deadline_ = base::system_clock().monotonic() + call_.timeout;
    const bool shares = speaks_http2() && !call_.new_connections;
    std::vector<std::thread> others;
    for (std::uint64_t i = 1; !shares && i < std::min(kAtOnce, call_.count); ++i)
      others.emplace_back([this] { work(false); });
    work(shares);
    for (std::thread& other : others) other.join();
    if (failed_ == 0) return std::move(outputs_);
    return Error{ExitCode::no, fmt::format("{}/{} requests had errors; first error: {}", failed_,
                                           call_.count, first_error_)};
  }

 private:
  using enum ProbeProtocol;

  bool is_grpc() const { return target_.protocol == grpc || target_.protocol == grpcs; }
  bool is_socket() const { return target_.protocol == tcp || target_.protocol == udp; }
  bool speaks_http2() const {
    return is_grpc() || target_.protocol == h2c || target_.protocol == h2;
  }

  void prepare_body() {
    if (is_grpc()) grpc::put_string(request_.body, 1, call_.message);
    if (is_socket()) request_.body = call_.message + "\n";
  }

  void work(bool keep) {
    Client client(keep);
    for (std::uint64_t n = next_++; n < call_.count; n = next_++) {
      if (call_.qps > 0) {
        const auto due = std::chrono::nanoseconds(1'000'000'000 / call_.qps * n);
        std::this_thread::sleep_until(std::chrono::steady_clock::now() +
                                      std::min<base::Nanoseconds>(due - since_start(), left()));
      }
      RequestSpec request = request_;
      request.timeout = std::max<base::Nanoseconds>(left(), std::chrono::milliseconds(1));
      const auto began = base::system_clock().monotonic();
      ++active_;
      const Answer answer = client.send(request, "");
      const auto taken = base::system_clock().monotonic() - began;
      std::string output = lines(n, answer, taken);
      --active_;
      const std::string problem = problem_of(answer, output);
      const std::lock_guard lock(mutex_);
      outputs_[n] = std::move(output);
      if (!problem.empty() && failed_++ == 0) first_error_ = problem;
    }
  }

  base::Nanoseconds left() const { return deadline_ - base::system_clock().monotonic(); }
  base::Nanoseconds since_start() const { return call_.timeout - left(); }

  std::string problem_of(const Answer& answer, const std::string& output) const {
    const bool good = is_grpc()                 ? answer.outcome == "grpc:0"
                      : is_socket()             ? answer.outcome == "ok"
                      : target_.protocol == tls ? answer.outcome == "ok"
                                                : answer.outcome.starts_with("http:");
    if (!good) return fmt::format("{}: {}", answer.outcome, answer.error);
    if (is_socket() && output.find(call_.expect) == std::string::npos)
      return fmt::format("expect to recv message with {}, got {}. Return EOF", call_.expect,
                         output);
    return "";
  }

  std::string lines(std::uint64_t n, const Answer& answer, base::Nanoseconds taken) const {
    std::string out;
    const auto line = [&](std::string_view key, std::string_view value) {
      out += fmt::format("[{}] {}={}\n", n, key, value);
    };
    const auto body = [&](std::string_view text) {
      for (const std::string_view one : base::split(text, '\n'))
        if (!one.empty()) out += fmt::format("[{} body] {}\n", n, one);
    };
    const auto timing = [&] {
      line("Latency", go_duration_text(taken));
      line("ActiveRequests", fmt::format("{}", active_.load()));
    };
    if (is_grpc()) {
      timing();
      grpc::WireReader reader(answer.body);
      while (const auto field = reader.next())
        if (field->number == 1) body(field->bytes);
      for (const auto& [name, value] : answer.headers)
        if (!name.starts_with("grpc-")) line("ResponseHeader", fmt::format("{}:{}", name, value));
      return out;
    }
    if (target_.protocol == tcp) line("SourceIP", source_);
    line("Url", call_.url.find("://") == std::string::npos ? "http://" + call_.url : call_.url);
    if (is_socket()) {
      line("Echo", call_.message);
      body(answer.body);
      return out;
    }
    if (target_.protocol == tls) {
      line("Latency", go_duration_text(taken));
      return out;
    }
    for (const auto& [name, value] : call_.headers)
      if (name != "Host") line("Header", fmt::format("{}:{}", name, value));
    line("SourceIP", source_);
    timing();
    line("StatusCode", fmt::format("{}", answer.status));
    std::map<std::string, std::vector<std::string>> headers;
    for (const auto& [name, value] : answer.headers)
      headers[serve::canonical_name(name)].push_back(value);
    for (const auto& [name, values] : headers)
      for (const std::string& value : values)
        line("ResponseHeader", fmt::format("{}:{}", name, value));
    body(answer.body);
    return out;
  }

  const IstioCall& call_;
  ProbeTarget target_;
  RequestSpec request_;
  std::string source_;
  base::MonoTime deadline_;
  std::atomic<std::uint64_t> next_{0}, active_{0};
  std::mutex mutex_;
  std::vector<std::string> outputs_;
  std::uint64_t failed_ = 0;
  std::string first_error_;
};

std::string decimal(double value, std::string_view unit) {
  std::string text = fmt::format("{:.9f}", value);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text + std::string(unit);
}

}  // namespace

Result<std::vector<std::string>> call_as_istio(const IstioCall& call) {
  if (call.count < 1 || call.count > kMaxIstioCalls)
    return Error{ExitCode::usage, fmt::format("{} requests cannot be made", call.count),
                 fmt::format("choose 1 to {}", kMaxIstioCalls)};
  return Forwarder(call).run();
}

std::string go_duration_text(base::Nanoseconds time) {
  const std::int64_t ns = time.count();
  if (ns == 0) return "0s";
  if (ns < 1'000) return fmt::format("{}ns", ns);
  if (ns < 1'000'000) return decimal(static_cast<double>(ns) / 1e3, "\xc2\xb5s");
  if (ns < 1'000'000'000) return decimal(static_cast<double>(ns) / 1e6, "ms");
  const std::int64_t minutes = ns / 60'000'000'000;
  std::string seconds = decimal(static_cast<double>(ns % 60'000'000'000) / 1e9, "s");
  if (minutes == 0) return seconds;
  if (minutes < 60) return fmt::format("{}m{}", minutes, seconds);
  return fmt::format("{}h{}m{}", minutes / 60, minutes % 60, seconds);
}

}  // namespace weft::conform
