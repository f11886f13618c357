#include "lib/conform/await_target.h"

#include <poll.h>

#include <cerrno>
#include <thread>

#include "lib/base/clock.h"
#include "lib/net/connect.h"

namespace weft::conform {
namespace {

using namespace std::chrono_literals;

constexpr auto kAttempt = 1s;
constexpr auto kPause = 100ms;

bool takes_connections(const net::Url& url) {
  const auto addresses = net::resolve(url.host, url.port, kAttempt);
  if (!addresses.ok()) return false;
  const net::Dial dial = net::dial(addresses->front());
  if (dial.error != EINPROGRESS) return dial.error == 0;
  pollfd wanted{dial.fd.get(), POLLOUT, 0};
  const int most = static_cast<int>(std::chrono::milliseconds(kAttempt).count());
  return ::poll(&wanted, 1, most) == 1 && net::connect_error(dial.fd.get()) == 0;
}

}  // namespace

void await_target(const ProbeTarget& target, base::Nanoseconds most, const base::StopFlag& stop) {
  if (target.protocol == ProbeProtocol::udp) return;
  const auto deadline = base::system_clock().monotonic() + most;
  while (!takes_connections(target.url) && !stop.requested() &&
         base::system_clock().monotonic() < deadline)
    std::this_thread::sleep_for(kPause);
}

}  // namespace weft::conform
