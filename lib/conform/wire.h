// A socket that a prober waits on, with one deadline for everything it does; what goes wrong is
// put into the answer.
//
//   Wire wire(request.timeout);
//   if (!wire.connect(url.host, url.port, SOCK_STREAM, answer)) return answer;
//   if (!wire.write(text, answer)) return answer;
//   while (const auto bytes = wire.read(answer)) use(*bytes);     // empty: the end
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/clock.h"
#include "lib/conform/client.h"
#include "lib/net/stream.h"

namespace weft::conform {

// What the request says of TLS.
net::TlsClientOptions tls_options(const RequestSpec& request);

class Wire {
 public:
  explicit Wire(base::Nanoseconds timeout) { extend(timeout); }
  void extend(base::Nanoseconds timeout);  // a new deadline

  // Each false when it failed.
  bool connect(const std::string& host, std::uint16_t port, int type, Answer& answer);
  // `protocols` is what to offer where the request does not say so.
  bool shake_hands(const RequestSpec& request, const std::string& host,
                   const std::vector<std::string>& protocols, Answer& answer);
  bool write(std::string_view bytes, Answer& answer);
  // The other side reads an end after what was written.
  bool end_writing(Answer& answer);
  // What has come, valid until the next call; empty at the end. Nothing: it failed.
  std::optional<std::string_view> read(Answer& answer);
  const net::Stream& stream() const { return stream_; }

 private:
  bool await(short events, std::string_view step, Answer& answer) const;
  static void time_out(std::string_view step, Answer& answer);
  void fail(int error, Answer& answer) const;

  base::Nanoseconds passed() const { return base::system_clock().monotonic() - began_; }

  base::MonoTime began_, deadline_;
  std::shared_ptr<const net::TlsContext> context_;  // outlives the session in the stream
  net::Stream stream_;
  std::array<char, 16 << 10> buffer_;
};

}  // namespace weft::conform
