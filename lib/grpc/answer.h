// One answer on a gRPC stream as it comes, and what is wrong with it: the part that a caller that
// waits and the load engine have in common.
//
//   grpc::AnswerReader answer;
//   answer.field(name, value);                                // head and trailers
//   while (const auto message = answer.next(bytes)) ...       // DATA
//   at the end: answer.end(one_message) says whether it was whole, answer.status() how it ended
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "lib/grpc/frame.h"
#include "lib/grpc/status.h"

namespace weft::grpc {

enum class AnswerFault : std::uint8_t {
  none,
  not_grpc,       // no content-type of gRPC
  no_status,      // trailers without grpc-status, or no trailers
  no_message,     // a status of OK, but nothing where one message was due
  more_messages,  // than the one that was due
  cut_off,        // in the middle of a message
  too_long,
  compressed,
  bad_flag
};
std::string_view answer_fault_text(AnswerFault fault);

class AnswerReader {
 public:
  explicit AnswerReader(bool keep = true) : frames_(keep), keep_(keep) {}

  void reset();  // for the next answer
  void field(std::string_view name, std::string_view value);
  std::optional<std::string_view> next(std::string_view& bytes);  // as FrameReader
  AnswerFault fault() const;                                      // so far
  AnswerFault end(bool one_message) const;                        // at the end of the stream

  unsigned http_status() const { return http_status_; }
  std::uint32_t messages() const { return messages_; }
  StatusCode status() const { return status_.value_or(StatusCode::unknown); }
  std::string status_message() const { return decode_message(message_); }

 private:
  FrameReader frames_;
  std::optional<StatusCode> status_;
  std::string message_;
  std::uint32_t messages_ = 0;
  std::uint16_t http_status_ = 0;
  bool is_grpc_ = false;
  bool keep_;
};

}  // namespace weft::grpc
