// Everything about a run that can be decided, and refused, before it starts.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "lib/load/engine.h"
#include "lib/load/link.h"
#include "lib/load/mix.h"
#include "lib/net/resolve.h"

namespace weft::load {

struct Prepared {
  std::vector<net::Address> addresses;  // to connect to: of the target or of its proxy
  std::vector<net::Address> local_addresses;
  std::optional<Tunnel> tunnel;
  std::shared_ptr<const net::TlsContext> tls;  // of https
  Mix mix;
  unsigned threads = 1;
  unsigned spares = 0;   // connections beyond those of the plan
  bool may_poll = true;  // there is a CPU to spare
  std::uint64_t seed = 0;
};

base::Result<Prepared> prepare(const Plan& plan);

}  // namespace weft::load
