#include "lib/serve/grpc_call.h"

#include <algorithm>
#include <utility>

#include "lib/serve/echo.h"
#include "lib/serve/fault.h"
#include "lib/serve/route.h"
#include "lib/serve/worker.h"

namespace weft::serve {
namespace {

using grpc::StatusCode;

constexpr std::size_t kMostWaiting = 4 * grpc::kMaxMessage;  // answers that a client does not read

// What gRPC says of answers that carry a status of HTTP only.
StatusCode code_of_http(int status) {
  switch (status) {
    case 400:
      return StatusCode::internal;
    case 401:
      return StatusCode::unauthenticated;
    case 403:
      return StatusCode::permission_denied;
    case 404:
      return StatusCode::unimplemented;
    case 429:
    case 502:
    case 503:
    case 504:
      return StatusCode::unavailable;
    default:
      return StatusCode::unknown;
  }
}

StatusCode code_of(grpc::FrameFailure failure) {
  switch (failure) {
    case grpc::FrameFailure::too_long:
      return StatusCode::resource_exhausted;
    case grpc::FrameFailure::compressed:
      return StatusCode::unimplemented;
    default:
      return StatusCode::internal;
  }
}

}  // namespace

GrpcCall::GrpcCall(Worker& worker, net::Http2Session& session, std::int32_t stream,
                   const net::Http2Fields& fields, const net::Stream& connection, const Port& port,
                   std::function<void()> wake)
    : worker_(worker),
      session_(session),
      stream_(stream),
      fields_(fields),
      connection_(connection),
      port_(port),
      wake_(std::move(wake)),
      deadline_([this] { expired(); }),
      held_([this] {
        flow();
        this->wake();
      }) {}

GrpcCall::~GrpcCall() = default;

std::string_view GrpcCall::field(std::string_view name) const {
  for (const auto& [key, value] : fields_)
    if (key == name) return value;
  return {};
}

void GrpcCall::wake() const {
  const auto wake = wake_;  // a copy: see the header
  wake();
}

void GrpcCall::begin() {
  const std::string_view path = field(":path");
  method_ = find_grpc_method(path);
  if (method_ == nullptr)
    return finish({StatusCode::unimplemented, "unknown method " + std::string(path)});
  if (const std::string_view text = field("grpc-timeout"); !text.empty()) {
    const auto timeout = grpc::parse_timeout(text);
    if (!timeout) return finish({StatusCode::internal, "grpc-timeout is not a time-out"});
    const base::MonoTime now = worker_.loop().now();
    if (*timeout < base::MonoTime::max() - now) client_deadline_ = now + *timeout;
  }
  set_deadline();
  if (!method_->tells_state && !worker_.shared().options.journal_socket.empty()) note();
  if (!apply_faults(*method_)) return;
  if (method_->begin != nullptr) handler_ = method_->begin(*this);
}

// The journal knows calls as the requests they are.
void GrpcCall::note() {
  net::RequestHead head;
  head.method = field(":method");
  head.target = field(":path");
  head.host = field(":authority");
  for (const auto& [name, value] : fields_)
    if (!name.starts_with(':') && head.field_count < net::RequestHead::kMaxFields)
      head.field_store[head.field_count++] = {name, value};
  Shared& shared = worker_.shared();
  shared.journal.add(head, request_nonce(head, ""), peer_text(socket()), shared.clock.wall());
}

// False when that was the answer.
bool GrpcCall::apply_faults(const GrpcMethod& method) {
  const Shared& shared = worker_.shared();
  Faults faults;
  if (!method.tells_state) faults = shared.faults;
  for (const auto& [name, value] : fields_) {
    if (name != "x-weft-fault") continue;
    if (const auto problem = read_faults(value, FaultSource::header, faults)) {
      finish({StatusCode::invalid_argument, problem->parameter + ": " + problem->reason});
      return false;
    }
  }
  const base::Nanoseconds stall = method.tells_state ? base::Nanoseconds(0) : stalled_for(shared);
  if (!faults.any() && stall.count() == 0) return true;
  const FaultDraw draw = draw_faults(faults, worker_.random());
  hangs_ = draw.hang;
  hold(draw.delay + stall);
  if (draw.abort != Abort::none) {
    broken_ = true;
    return false;
  }
  if (!draw.status || *draw.status < 400) return true;
  finish({code_of_http(*draw.status), "as a fault demands"});
  return false;
}

void GrpcCall::add_header(std::string name, std::string value) {
  headers_.emplace_back(std::move(name), std::move(value));
}

void GrpcCall::add_trailer(std::string name, std::string value) {
  trailers_.emplace_back(std::move(name), std::move(value));
}

void GrpcCall::send(std::string_view message) {
  if (finished_) return;
  grpc::append_frame(out_, message);
  if (out_.size() - sent_ > kMostWaiting) broken_ = true;
  flow();
}

void GrpcCall::finish(grpc::Status status) {
  if (finished_) return;
  finished_ = true;
  status_ = std::move(status);
  trailers_.emplace_back("grpc-status", std::to_string(static_cast<int>(status_.code)));
  if (!status_.message.empty())
    trailers_.emplace_back("grpc-message", grpc::encode_message(status_.message));
  flow();
}

void GrpcCall::hold(base::Nanoseconds time) {
  if (time.count() > 0) worker_.loop().timers().set(held_, worker_.loop().now() + time);
}

// Hands over what there is of the answer. Without any message the trailers are its head.
void GrpcCall::flow() {
  if (hangs_ || broken_ || held_.is_set()) return;
  if (finished_) worker_.loop().timers().cancel(deadline_);
  if (answered_) return session_.resume(stream_);
  if (out_.empty() && !finished_) return;
  answered_ = true;
  net::Http2Fields fields{{":status", "200"}, {"content-type", "application/grpc"}};
  fields.insert(fields.end(), headers_.begin(), headers_.end());
  if (out_.empty()) fields.insert(fields.end(), trailers_.begin(), trailers_.end());
  session_.answer(stream_, fields, !out_.empty());
}

void GrpcCall::receive(std::string_view bytes) {
  while (!finished_ && !broken_) {
    const auto message = reader_.next(bytes);
    if (!message) break;
    take(*message);
    if (!finished_) set_deadline();
  }
  if (!finished_ && reader_.failure() != grpc::FrameFailure::none)
    finish({code_of(reader_.failure()), std::string(frame_failure_text(reader_.failure()))});
}

void GrpcCall::take(std::string_view message) {
  if (handler_ != nullptr) return handler_->on_message(*this, message);
  std::string response;
  grpc::Status status = method_->unary(*this, message, response);
  if (status.code == StatusCode::ok) send(response);
  finish(std::move(status));
}

void GrpcCall::end() {
  ended_ = true;
  if (finished_) return;
  set_deadline();
  if (reader_.midway()) return finish({StatusCode::internal, "a message is cut off"});
  if (handler_ == nullptr) return finish({StatusCode::internal, "the request message is missing"});
  handler_->on_end(*this);
}

void GrpcCall::drain() {
  if (handler_ != nullptr && !finished_) handler_->on_drain(*this);
}

// A client that is to send more has limited time for it.
void GrpcCall::set_deadline() {
  const base::MonoTime patience =
      worker_.loop().now() + worker_.shared().options.limits.body_timeout;
  const base::MonoTime due = ended_ ? client_deadline_ : std::min(client_deadline_, patience);
  if (due == base::MonoTime::max()) return worker_.loop().timers().cancel(deadline_);
  worker_.loop().timers().set(deadline_, due);
}

void GrpcCall::expired() {
  worker_.loop().timers().cancel(held_);
  if (!answered_) {  // an answer that is held back is too late
    finished_ = false;
    out_.clear();
    trailers_.clear();
  }
  finish({StatusCode::deadline_exceeded, "the deadline of the call has passed"});
  wake();
}

net::Http2Handler::BodyPart GrpcCall::next_body(char* out, std::size_t room) {
  const std::size_t size = std::min(room, out_.size() - sent_);
  std::copy_n(out_.data() + sent_, size, out);
  sent_ += size;
  if (sent_ == out_.size()) {
    out_.clear();
    sent_ = 0;
  }
  const bool end = finished_ && out_.empty();
  return {.size = size, .end = end, .later = size == 0 && !end, .trailers = &trailers_};
}

}  // namespace weft::serve
