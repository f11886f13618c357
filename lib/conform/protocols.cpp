#include "lib/conform/protocols.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <vector>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/conform/outcome.h"
#include "lib/conform/websocket.h"
#include "lib/conform/wire.h"
#include "lib/doc/write.h"
#include "lib/grpc/answer.h"
#include "lib/grpc/frame.h"
#include "lib/grpc/wire.h"
#include "lib/net/http2.h"

namespace weft::conform {
namespace {

using base::Error;
using base::ExitCode;

constexpr std::size_t kMaxAnswer = 1 << 20;  // of what speaks no HTTP
constexpr std::size_t kKeptBody = 64 << 10;
constexpr std::size_t kMaxBody = 16u << 20;  // more is no answer to a probe

struct SchemeRow {
  std::string_view scheme;
  ProbeProtocol protocol;
  std::string_view as;  // the scheme with its default port
};
constexpr std::array<SchemeRow, 11> kSchemes = {{{"http", ProbeProtocol::http1, "http"},
                                                 {"https", ProbeProtocol::http1, "https"},
                                                 {"h2c", ProbeProtocol::h2c, "http"},
                                                 {"h2", ProbeProtocol::h2, "https"},
                                                 {"grpc", ProbeProtocol::grpc, "http"},
                                                 {"grpcs", ProbeProtocol::grpcs, "https"},
                                                 {"tcp", ProbeProtocol::tcp, ""},
                                                 {"tls", ProbeProtocol::tls, "https"},
                                                 {"udp", ProbeProtocol::udp, ""},
                                                 {"ws", ProbeProtocol::ws, "http"},
                                                 {"wss", ProbeProtocol::wss, "https"}}};

bool has_tls(ProbeProtocol protocol) {
  return protocol == ProbeProtocol::h2 || protocol == ProbeProtocol::grpcs;
}

void fail(Answer& answer, std::string_view outcome, std::string error) {
  answer.outcome = outcome;
  answer.error = std::move(error);
}

std::string_view outcome_of(net::Http2Fault fault) {
  if (fault.failure == net::Http2Failure::reset) return "reset";
  return fault.failure == net::Http2Failure::ended ? "eof" : "protocol";
}

// The response of weft.v1.Echo as the JSON that /echo answers over HTTP: whoever reads one can
// read the other.
std::string echo_of(std::string_view message) {
  doc::Value headers = doc::Value::map();
  doc::Value out;
  out.set("schema", "weft.echo/v1").set("method", "POST");
  grpc::WireReader reader(message);
  while (const auto field = reader.next()) {
    if (field->type != grpc::WireType::bytes) continue;
    if (field->number == 2) out.set("service", std::string(field->bytes));
    if (field->number == 4) out.set("raw_path", std::string(field->bytes));
    if (field->number == 5) out.set("host", std::string(field->bytes));
    if (field->number != 6) continue;
    std::string name, value;
    grpc::WireReader header(field->bytes);
    while (const auto part = header.next()) (part->number == 1 ? name : value) = part->bytes;
    headers.set(name, doc::Value::list().push(value));
  }
  if (reader.failed()) return "";
  out.set("headers", std::move(headers));
  return doc::write_json(out, 0);
}

// What the server says of itself, up to the end of the line: "weft app-b".
bool read_greeting(Wire& wire, Answer& answer) {
  constexpr std::size_t kMaxGreeting = 4096;
  while (answer.body.find('\n') == std::string::npos) {
    const auto bytes = wire.read(answer);
    if (!bytes) return false;
    if (bytes->empty()) fail(answer, "eof", "the connection was closed before the server spoke");
    answer.body += *bytes;
    if (answer.outcome.empty() && answer.body.size() > kMaxGreeting)
      fail(answer, "protocol", "the server speaks without an end of line");
    if (!answer.outcome.empty()) return false;
  }
  return true;
}

// Until `text` has come back, maybe after other bytes; with `to_end`, until the connection ended.
void read_back(Wire& wire, std::string_view text, bool to_end, Answer& answer) {
  const std::size_t begun = answer.body.size();
  for (;;) {
    const bool whole = answer.body.find(text, begun) != std::string::npos;
    if (whole && !to_end) break;
    const auto bytes = wire.read(answer);
    if (!bytes) return;
    if (bytes->empty() && whole) break;
    if (bytes->empty())
      return fail(answer, "eof",
                  fmt::format("the connection was closed before everything had come back: {} of "
                              "{} bytes",
                              answer.body.size() - begun, text.size()));
    answer.body += *bytes;
    if (answer.body.size() > text.size() + kMaxAnswer)
      return fail(answer, "protocol", "something else came back");
  }
  answer.body_size = answer.body.size() - begun;
  answer.outcome = "ok";
}

Answer send_tcp(const ProbeTarget& target, const RequestSpec& request, const std::string& nonce) {
  Answer answer;
  Wire wire(request.timeout);
  if (!wire.connect(target.url.host, target.url.port, SOCK_STREAM, answer)) return answer;
  if (request.server_first && !read_greeting(wire, answer)) return answer;
  const std::string text = request.body.empty() ? nonce + "\n" : request.body;
  if (!wire.write(text, answer)) return answer;
  if (request.half_close && !wire.end_writing(answer)) return answer;
  read_back(wire, text, request.half_close, answer);
  return answer;
}

Answer send_tls(const ProbeTarget& target, const RequestSpec& request) {
  Answer answer;
  Wire wire(request.timeout);
  if (wire.connect(target.url.host, target.url.port, SOCK_STREAM, answer) &&
      wire.shake_hands(request, target.url.host, {}, answer))
    answer.outcome = "ok";
  return answer;
}

// Agreeing to a WebSocket and then not keeping to it is not the whole answer.
Answer send_message(const ProbeTarget& target, const RequestSpec& request,
                    const std::string& nonce) {
  Answer answer = send_websocket(target.url, request, nonce);
  if (answer.outcome != "ok") return answer;
  if (answer.body != (request.body.empty() ? nonce : request.body)) {
    fail(answer, "protocol", "another message came back");
    return answer;
  }
  answer.status = 101;
  answer.body_size = answer.body.size();
  answer.outcome = http_outcome(answer.status);
  return answer;
}

Answer send_udp(const ProbeTarget& target, const RequestSpec& request, const std::string& nonce) {
  Answer answer;
  Wire wire(request.timeout);
  if (!wire.connect(target.url.host, target.url.port, SOCK_DGRAM, answer)) return answer;
  if (!wire.write(request.body.empty() ? nonce : request.body, answer)) return answer;
  const auto bytes = wire.read(answer);
  if (!bytes) return answer;
  answer.body = *bytes;
  answer.body_size = answer.body.size();
  answer.outcome = "ok";
  return answer;
}

}  // namespace

// One connection of HTTP/2 with one request at a time on it.
class Http2Line final : public net::Http2Handler {
 public:
  explicit Http2Line(const ProbeTarget& target)
      : target_(target), wire_(base::Nanoseconds(0)), session_(*this, {.window = 1 << 20}) {}

  bool goes_to(const ProbeTarget& target) const {
    return target.protocol == target_.protocol && target.url.authority() == target_.url.authority();
  }
  bool usable() const { return connected_ && session_.may_request(); }

  Answer send(const ProbeTarget& target, const RequestSpec& request, const std::string& nonce) {
    Answer answer;
    wire_.extend(request.timeout);
    answer.reused = connected_;
    if (!connected_ && !connect(request, answer)) return answer;
    begin(target, request, nonce);
    connected_ = converse(answer);
    if (answer.outcome.empty()) judge(answer);
    return answer;
  }

 private:
  bool connect(const RequestSpec& request, Answer& answer) {
    connected_ = wire_.connect(target_.url.host, target_.url.port, SOCK_STREAM, answer) &&
                 (!has_tls(target_.protocol) ||
                  wire_.shake_hands(request, target_.url.host, {"h2"}, answer));
    return connected_;
  }

  void begin(const ProbeTarget& target, const RequestSpec& request, const std::string& nonce) {
    const bool calls = is_grpc(target.protocol);
    method_ = calls ? "POST" : request.method;
    out_ = calls ? grpc::frame(request.body) : request.body;
    sent_ = 0;
    body_.clear();
    answer_fields_.clear();
    size_ = 0;
    whole_ = over_ = false;
    status_ = 0;
    fault_ = {};
    messages_.reset();
    grpc_ = calls;
    is_echo_ = calls && target.url.target.starts_with("/weft.v1.Echo/");
    fields_ = {{":method", method_},
               {":scheme", has_tls(target.protocol) ? "https" : "http"},
               {":path", target.url.target},
               {":authority", target.url.authority()}};
    if (calls)
      fields_.insert(fields_.end(), {{"te", "trailers"}, {"content-type", "application/grpc"}});
    for (const auto& [name, value] : request.headers) {
      const std::string lower = base::lower(name);
      if (lower == "host")
        fields_[3].second = value;
      else
        fields_.emplace_back(lower, value);
    }
    if (!nonce.empty()) fields_.emplace_back("x-weft-nonce", nonce);
  }

  // Until the answer is there; false when the connection is of no more use.
  bool converse(Answer& answer) {
    stream_ = session_.request(fields_, !out_.empty(), this);
    if (stream_ == 0) {
      fail(answer, "protocol", "no stream can be opened");
      return false;
    }
    while (!whole_ && !over_) {
      if (!flush(answer)) return false;
      if (over_) break;  // what broke the rules was refused just now
      if (session_.is_over()) {
        fail(answer, "protocol", "the server broke the rules of HTTP/2");
        return false;
      }
      const auto bytes = wire_.read(answer);
      if (!bytes) return false;
      if (bytes->empty()) {
        fail(answer, "eof", "the connection was closed before the answer was whole");
        return false;
      }
      if (!session_.receive(*bytes)) {
        if (!whole_) fault_ = session_.fault();
        over_ = true;
      }
      if (size_ <= kMaxBody) continue;
      fail(answer, "protocol", "the answer is larger than 16 MiB");
      return false;
    }
    if (whole_ && !over_) {  // whatever the server has not read yet, it does not want
      if (sent_ < out_.size()) session_.reset(stream_, net::kHttp2Cancel);
      Answer ignored;
      return flush(ignored);
    }
    return !session_.fault();
  }

  bool flush(Answer& answer) {
    std::string out;
    do {
      out.clear();
      if (!session_.take_output(out, 64 << 10)) {
        fail(answer, outcome_of(session_.fault()), net::http2_fault_text(session_.fault()));
        return false;
      }
      if (!wire_.write(out, answer)) return false;
    } while (!out.empty());
    return true;
  }

  void judge(Answer& answer) {
    if (fault_ && !whole_) return fail(answer, outcome_of(fault_), net::http2_fault_text(fault_));
    answer.headers = std::move(answer_fields_);
    answer.status = status_;
    answer.body = std::move(body_);
    answer.body_size = size_;
    answer.outcome = http_outcome(status_);
    const grpc::AnswerFault fault = messages_.end(true);
    const bool of_a_proxy = fault == grpc::AnswerFault::not_grpc && status_ != 200;
    if (!grpc_ || of_a_proxy) return;
    if (fault != grpc::AnswerFault::none)
      return fail(answer, "protocol", std::string(grpc::answer_fault_text(fault)));
    answer.outcome = fmt::format("grpc:{}", static_cast<int>(messages_.status()));
    answer.error = messages_.status_message();
    if (is_echo_ && !answer.body.empty()) answer.body = echo_of(answer.body);
  }

  void on_field(net::Http2Tag tag, std::string_view name, std::string_view value) override {
    if (tag != this) return;
    if (name == ":status") status_ = static_cast<int>(base::parse_uint(value).value_or(0));
    if (grpc_) messages_.field(name, value);
    if (!name.starts_with(':') && answer_fields_.size() < 1000)
      answer_fields_.emplace_back(name, value);
  }
  void on_data(net::Http2Tag tag, std::string_view bytes) override {
    if (tag != this) return;
    size_ += bytes.size();
    if (!grpc_) {
      body_ += bytes.substr(0, kKeptBody - std::min(kKeptBody, body_.size()));
      return;
    }
    while (const auto message = messages_.next(bytes))
      if (body_.empty()) body_ = *message;
  }
  void on_whole(net::Http2Tag tag) override { whole_ = whole_ || tag == this; }
  void on_over(net::Http2Tag tag, net::Http2Fault fault) override {
    if (tag != this) return;
    over_ = true;
    fault_ = fault;
  }
  BodyPart next_body(net::Http2Tag, char* out, std::size_t room) override {
    const std::size_t size = std::min(room, out_.size() - sent_);
    std::copy_n(out_.data() + sent_, size, out);
    sent_ += size;
    return {.size = size, .end = sent_ == out_.size()};
  }

  const ProbeTarget target_;
  Wire wire_;
  net::Http2Session session_;
  bool connected_ = false;

  // Of the request under way.
  std::int32_t stream_ = 0;
  net::Http2Fields fields_;
  std::string method_, out_, body_;
  std::size_t sent_ = 0, size_ = 0;
  std::vector<std::pair<std::string, std::string>> answer_fields_;
  grpc::AnswerReader messages_;
  net::Http2Fault fault_;
  int status_ = 0;
  bool grpc_ = false, is_echo_ = false;
  bool whole_ = false, over_ = false;
};

bool is_grpc(ProbeProtocol protocol) {
  return protocol == ProbeProtocol::grpc || protocol == ProbeProtocol::grpcs;
}

bool speaks_http(ProbeProtocol protocol) {
  return protocol != ProbeProtocol::tcp && protocol != ProbeProtocol::tls &&
         protocol != ProbeProtocol::udp;
}

bool names_grpc_method(std::string_view target) {
  const auto slash = target.rfind('/');
  return target.starts_with('/') && slash > 1 && slash + 1 < target.size() &&
         target.find('/', 1) == slash && target.find('?') == std::string_view::npos;
}

base::Result<ProbeTarget> parse_probe_target(std::string_view text) {
  const auto mark = std::min(text.find("://"), text.size());
  const std::string scheme = base::lower(text.substr(0, mark));
  const auto row = std::ranges::find(kSchemes, scheme, &SchemeRow::scheme);
  if (mark == text.size() || row == kSchemes.end())
    return Error{ExitCode::input, fmt::format("\"{}\" has no scheme that is spoken", text),
                 "write http, https, h2c, h2, grpc, grpcs, tcp, tls, udp, ws or wss before ://"};
  const std::string_view rest = text.substr(mark);
  const std::string_view authority = rest.substr(3, rest.find_first_of("/?#", 3) - 3);
  const auto bracket = std::min(authority.rfind(']'), authority.size());
  const bool has_port =
      authority.find(':', bracket == authority.size() ? 0 : bracket) != std::string_view::npos;
  if (row->as.empty() && !has_port)
    return Error{ExitCode::input, fmt::format("\"{}\" has no port", text),
                 fmt::format("write {}://HOST:PORT", scheme)};
  WEFT_TRY(url,
           net::parse_url(std::string(row->as.empty() ? "http" : row->as) + std::string(rest)));
  return ProbeTarget{row->protocol, std::move(url)};
}

Answer send_otherwise(const ProbeTarget& target, const RequestSpec& request,
                      const std::string& nonce, std::shared_ptr<Http2Line>& line) {
  if (target.protocol == ProbeProtocol::tcp) return send_tcp(target, request, nonce);
  if (target.protocol == ProbeProtocol::tls) return send_tls(target, request);
  if (target.protocol == ProbeProtocol::udp) return send_udp(target, request, nonce);
  if (target.protocol == ProbeProtocol::ws || target.protocol == ProbeProtocol::wss)
    return send_message(target, request, nonce);
  if (line == nullptr || !line->usable() || !line->goes_to(target))
    line = std::make_shared<Http2Line>(target);
  Answer answer = line->send(target, request, nonce);
  if (!line->usable()) line.reset();
  return answer;
}

}  // namespace weft::conform
