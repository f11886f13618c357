#include "lib/grpc/answer.h"

#include <algorithm>

namespace weft::grpc {
namespace {

AnswerFault fault_of(FrameFailure failure) {
  switch (failure) {
    case FrameFailure::none:
      return AnswerFault::none;
    case FrameFailure::too_long:
      return AnswerFault::too_long;
    case FrameFailure::compressed:
      return AnswerFault::compressed;
    case FrameFailure::bad_flag:
      return AnswerFault::bad_flag;
  }
  return AnswerFault::none;
}

}  // namespace

std::string_view answer_fault_text(AnswerFault fault) {
  switch (fault) {
    case AnswerFault::none:
      return "";
    case AnswerFault::not_grpc:
      return "the answer is not gRPC: its content-type is another";
    case AnswerFault::no_status:
      return "the answer has no grpc-status";
    case AnswerFault::no_message:
      return "the answer has the status OK, but no message";
    case AnswerFault::more_messages:
      return "the answer has more than the one message of the method";
    case AnswerFault::cut_off:
      return "the answer ended in the middle of a message";
    case AnswerFault::too_long:
      return frame_failure_text(FrameFailure::too_long);
    case AnswerFault::compressed:
      return frame_failure_text(FrameFailure::compressed);
    case AnswerFault::bad_flag:
      return frame_failure_text(FrameFailure::bad_flag);
  }
  return "";
}

void AnswerReader::reset() {
  frames_ = FrameReader(keep_);
  status_.reset();
  message_.clear();
  messages_ = 0;
  http_status_ = 0;
  is_grpc_ = false;
}

void AnswerReader::field(std::string_view name, std::string_view value) {
  if (name == ":status") {
    http_status_ = 0;
    for (const char c : value.substr(0, 3))
      http_status_ = static_cast<std::uint16_t>(http_status_ * 10 + (c - '0'));
  } else if (name == "content-type") {
    is_grpc_ = grpc::is_grpc(value);
  } else if (name == "grpc-status") {
    status_ = parse_status(value);
  } else if (name == "grpc-message") {
    message_ = value;
  }
}

std::optional<std::string_view> AnswerReader::next(std::string_view& bytes) {
  auto message = frames_.next(bytes);
  if (message) ++messages_;
  return message;
}

AnswerFault AnswerReader::fault() const {
  if (frames_.failure() == FrameFailure::none) return AnswerFault::none;
  return is_grpc_ ? fault_of(frames_.failure()) : AnswerFault::not_grpc;
}

AnswerFault AnswerReader::end(bool one_message) const {
  if (const AnswerFault so_far = fault(); so_far != AnswerFault::none) return so_far;
  if (!is_grpc_) return AnswerFault::not_grpc;
  if (frames_.midway()) return AnswerFault::cut_off;
  if (!status_) return AnswerFault::no_status;
  if (!one_message || *status_ != StatusCode::ok || messages_ == 1) return AnswerFault::none;
  return messages_ == 0 ? AnswerFault::no_message : AnswerFault::more_messages;
}

}  // namespace weft::grpc
