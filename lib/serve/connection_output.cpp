// Answers of a connection, from begin() to the socket.
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <vector>

#include "lib/base/format.h"
#include "lib/serve/call_run.h"
#include "lib/serve/connection.h"
#include "lib/serve/websocket.h"
#include "lib/serve/worker.h"

namespace weft::serve {
namespace {

constexpr std::uint64_t kBodyStep = 64 << 10;  // of a large body, put into the buffer at once

}  // namespace

void Connection::begin(Reply reply) {
  reply_ = std::make_unique<Reply>(std::move(reply));
  worker_.metrics().in_flight.add(1);
  if (reply_->delay.count() > 0) {
    state_ = State::delayed;
    worker_.loop().timers().set(timer_, began_ + reply_->delay);
  } else {
    proceed();
  }
}

// Makes the calls that the answer is about, then answers.
void Connection::proceed() {
  if (reply_->call == nullptr) return send_reply();
  state_ = State::calling;
  worker_.loop().timers().cancel(timer_);  // each call has a time-out of its own
  calls_ = std::make_unique<CallRun>(
      worker_.loop(), worker_.shared(), reply_->call, [this](std::vector<CallResult> results) {
        calls_.reset();
        reply_->call = reply_->after_call(*std::shared_ptr(reply_->call), std::move(results),
                                          worker_.shared(), *reply_);
        proceed();
        pump();
      });
}

void Connection::send_reply() {
  const Reply& reply = *reply_;
  if (reply.hang || reply.abort != Abort::none) worker_.metrics().aborted.add(1);
  if (reply.hang) {
    state_ = State::hanging;
    worker_.loop().timers().cancel(timer_);
    watch(EPOLLRDHUP);
    return;
  }
  if (reply.abort == Abort::reset) return reset();
  if (reply.abort == Abort::eof) {
    state_ = State::ending;
    return;
  }
  if (reply.status == 101 && !reply.websocket.empty()) {
    out_ += websocket_head(reply);
    state_ = State::upgrading;
    return;
  }
  keep_alive_ = keep_alive_ && reply.keep_alive;
  reply_->keep_alive = keep_alive_;  // a drain may have begun while the answer was due
  append_head(out_, reply, worker_.date());
  body_sent_ = 0;
  body_end_ = reply.abort == Abort::half_close ? reply.body_size() / 2 : reply.body_size();
  if (reply.head_only || !status_has_body(reply.status)) body_end_ = 0;
  body_began_ = worker_.loop().now();
  state_ = State::sending;
  append_body();
}

// Puts the next part of the body into out_; false when nothing may be sent before the timer.
bool Connection::append_body() {
  const Reply& reply = *reply_;
  const base::Nanoseconds passed =
      reply.rate == 0 ? base::Nanoseconds{0} : worker_.loop().read_clock() - body_began_;
  const std::uint64_t size =
      std::min(body_allowance(reply, body_sent_, body_end_, passed), kBodyStep);
  if (size == 0 && body_sent_ < body_end_) {
    worker_.loop().timers().set(timer_, body_began_ + next_body_due(reply, body_sent_, body_end_));
    return false;
  }
  const bool chunked = has_chunks(reply);
  if (chunked && size > 0) out_ += fmt::format("{:x}\r\n", size);
  if (reply.filler)
    append_filler(out_, body_sent_, size);
  else
    out_.append(reply.body, static_cast<std::size_t>(body_sent_), static_cast<std::size_t>(size));
  if (chunked && size > 0) out_ += "\r\n";
  body_sent_ += size;
  if (body_sent_ < body_end_) return true;
  if (chunked && reply.abort != Abort::half_close)
    out_ += fmt::format("0\r\n{}: {}\r\n\r\n", kTrailerName, kTrailerValue);
  end_reply();
  return true;
}

void Connection::end_reply() {
  worker_.metrics().count_request(reply_->path, reply_->status,
                                  worker_.loop().read_clock() - began_);
  if (reply_->abort == Abort::half_close) {
    state_ = State::ending;
    unread_ = true;
    return;
  }
  worker_.metrics().in_flight.subtract(1);
  reply_.reset();
  state_ = keep_alive_ ? State::head : State::ending;
  more_input_ = !pending_.empty();
  if (state_ == State::ending) unread_ = more_input_;
  set_deadline(worker_.shared().options.limits.idle_timeout);
}

// Someone else goes on with the connection, and with what came after the request.
void Connection::upgrade() {
  worker_.metrics().count_request(reply_->path, reply_->status,
                                  worker_.loop().read_clock() - began_);
  worker_.metrics().in_flight.subtract(1);
  std::string lines = std::move(reply_->body);
  reply_.reset();
  worker_.switch_to_websocket(*this, std::move(lines), pending_);
}

// While the socket was blocked, its timer and events were about that alone.
void Connection::unblocked() {
  blocked_ = false;
  watch(0);  // pump() asks for input where it is wanted
  if (state_ == State::hanging) watch(EPOLLRDHUP);
  if (state_ == State::delayed) worker_.loop().timers().set(timer_, began_ + reply_->delay);
  if (reads()) set_deadline(worker_.shared().options.limits.idle_timeout);
}

// Sends what is in out_; false when something is left, or the connection is closed.
bool Connection::flush() {
  if (state_ == State::closed) return false;
  const std::size_t before = sent_;
  while (sent_ < out_.size()) {
    const ssize_t size = stream_.write(out_.data() + sent_, out_.size() - sent_);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0 && errno != EAGAIN) {
      close();
      return false;
    }
    if (size < 0) break;
    sent_ += static_cast<std::size_t>(size);
  }
  worker_.metrics().bytes_sent.add(sent_ - before);
  const base::Nanoseconds patience = worker_.shared().options.limits.write_timeout;
  if (sent_ < out_.size()) {
    if (!blocked_ || sent_ > before) set_deadline(patience);
    blocked_ = true;
    watch(EPOLLOUT);
    return false;
  }
  if (out_.capacity() > 2 * kBodyStep) out_.shrink_to_fit();
  out_.clear();
  sent_ = 0;
  if (blocked_) unblocked();
  return true;
}

}  // namespace weft::serve
