// One HTTP/1.1 connection of a prober, in plain text or with TLS, which checks nothing of the
// server and tells what it saw. It blocks, but never longer than the request's time-out, and never
// holds more than a few hundred kilobytes, whatever the server sends.
//
//   Client client(false);
//   const Answer answer = client.send(request, "run-7-0");       // answer.outcome == "http:200"
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/conform/suite.h"
#include "lib/net/stream.h"
#include "lib/net/url.h"

namespace weft::conform {

// Of a TLS handshake, be it completed or not.
struct TlsSeen {
  std::vector<std::string> names;  // of the server's certificate: URIs, then DNS names
  std::string fingerprint;         // of that certificate; empty: none was shown
  bool asked = false;              // for a certificate of ours
};

struct Answer {
  std::string outcome;                                       // see outcome.h
  std::string error;                                         // what failed, in words
  int status = 0;                                            // 0 without a whole answer
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
  std::string body;                                          // at most 64 KiB
  std::uint64_t body_size = 0;                               // of the whole one
  bool reused = false;  // the connection had served a request before
  std::optional<TlsSeen> tls;
  // When each was over, from the start of the request; absent where it was not reached.
  struct Steps {
    std::optional<base::Nanoseconds> dns, connect, tls, first_byte;
  } steps;
};

class Http2Line;

class Client {
 public:
  // `keep`: the connection is used again for the next request, as long as the server lets it.
  explicit Client(bool keep) : keep_(keep) {}

  // The request carries `nonce` as x-weft-nonce, unless it is empty. Its URL is http://, https://,
  // or of protocols.h.
  Answer send(const RequestSpec& request, const std::string& nonce);

 private:
  struct Deadline;
  bool connect(const RequestSpec& request, const net::Url& url, const Deadline& deadline,
               Answer& answer);
  bool shake_hands(const RequestSpec& request, const std::string& host, const Deadline& deadline,
                   Answer& answer);
  bool transmit(std::string_view text, const Deadline& deadline, Answer& answer);
  void receive(bool to_head, const Deadline& deadline, Answer& answer);

  void exchange(const RequestSpec& request, std::string_view text, const Deadline& deadline,
                Answer& answer);
  bool keep_;
  bool heard_ = false;  // something of the answer came
  void see_certificate(Answer& answer) const;
  void fail_here(Answer& answer, int error) const;
  void close();
  std::shared_ptr<const net::TlsContext> context_;  // outlives the session in the stream
  net::Stream stream_;
  std::string peer_;  // of the stream, "https://host:port"
  std::shared_ptr<Http2Line> line_;
};

}  // namespace weft::conform
