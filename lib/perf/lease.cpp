#include "lib/perf/lease.h"

namespace weft::perf {

Lease::Lease(kube::Cluster& cluster, kube::Ref job, base::Nanoseconds length,
             const base::Clock& clock)
    : cluster_(cluster),
      job_(std::move(job)),
      length_(length),
      clock_(clock),
      begin_(clock.monotonic()),
      next_(begin_ + length / 4) {}

void Lease::renew() {
  const base::MonoTime now = clock_.monotonic();
  if (now < next_) return;
  next_ = now + length_ / 4;
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(now - begin_ + length_).count();
  doc::Value patch;
  patch.set("spec", doc::Value().set("activeDeadlineSeconds", std::int64_t{seconds}));
  static_cast<void>(cluster_.patch(job_, kube::PatchType::merge, patch));
}

}  // namespace weft::perf
