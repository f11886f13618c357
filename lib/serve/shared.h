// What the threads of one service have in common.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <vector>

#include "lib/base/clock.h"
#include "lib/serve/errand.h"
#include "lib/serve/fault.h"
#include "lib/serve/journal.h"
#include "lib/serve/learn_layer5.h"
#include "lib/serve/lookup.h"
#include "lib/serve/metrics.h"
#include "lib/serve/nonce_counter.h"
#include "lib/serve/port.h"
#include "lib/serve/service.h"

namespace weft::serve {

struct Shared {
  Shared(ServiceOptions service_options, Faults service_faults, const base::Clock& service_clock)
      : options(std::move(service_options)),
        faults(std::move(service_faults)),
        clock(service_clock),
        started(service_clock.wall()),
        first_period(service_clock.monotonic()) {}

  const ServiceOptions options;
  const Faults faults;     // of every request
  std::deque<Port> ports;  // complete before the first thread starts
  const base::Clock& clock;
  const base::WallTime started;
  const base::MonoTime first_period;    // of stalls
  std::vector<const Metrics*> metrics;  // of every thread; complete before the first one starts
  std::atomic<bool> draining{false};
  std::atomic<std::uint64_t> echo_sequence{0};
  NonceCounter nonces;
  NonceCounter retries;  // of /retry, by uuid
  CallLog calls;         // of learn-layer5
  Lookups lookups;
  Errands errands;
  Journal journal;  // of a service with a journal socket
};

}  // namespace weft::serve
