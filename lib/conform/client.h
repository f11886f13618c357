// One HTTP/1.1 connection of a prober. It blocks, but never longer than the request's time-out,
// and never holds more than a few hundred kilobytes, whatever the server sends.
//
//   Client client(false);
//   const Answer answer = client.send(request, "run-7-0");       // answer.outcome == "http:200"
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lib/conform/suite.h"
#include "lib/net/fd.h"
#include "lib/net/resolve.h"

namespace weft::conform {

struct Answer {
  std::string outcome;                                       // see outcome.h
  std::string error;                                         // what failed, in words
  int status = 0;                                            // 0 without a whole answer
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
  std::string body;                                          // at most 64 KiB
};

class Http2Line;

class Client {
 public:
  // `keep`: the connection is used again for the next request, as long as the server lets it.
  explicit Client(bool keep) : keep_(keep) {}

  // The request carries `nonce` as x-weft-nonce, unless it is empty. Its URL is http://, or of
  // protocols.h.
  Answer send(const RequestSpec& request, const std::string& nonce);

 private:
  struct Deadline;
  bool connect(const std::string& host, std::uint16_t port, const Deadline& deadline,
               Answer& answer);
  bool transmit(std::string_view text, const Deadline& deadline, Answer& answer);
  void receive(bool to_head, const Deadline& deadline, Answer& answer);

  void exchange(const RequestSpec& request, std::string_view text, const Deadline& deadline,
                Answer& answer);
  bool keep_;
  bool heard_ = false;  // something of the answer came
  net::Fd socket_;
  std::string peer_;  // of the socket, "host:port"
  std::shared_ptr<Http2Line> line_;
};

}  // namespace weft::conform
