// Waiting for the way to a target: a proxy beside a prober may take connections later than that.
#pragma once

#include "lib/base/number.h"
#include "lib/base/stop.h"
#include "lib/conform/protocols.h"

namespace weft::conform {

// Returns when the target takes a connection, when `most` is over, or on a stop. Datagrams are not
// waited for.
void await_target(const ProbeTarget& target, base::Nanoseconds most, const base::StopFlag& stop);

}  // namespace weft::conform
