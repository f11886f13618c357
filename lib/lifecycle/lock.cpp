// A thread renews the lease while the operation's own thread works.
#include "lib/lifecycle/lock.h"

#include "lib/base/format.h"
#include "lib/kube/errors.h"

namespace weft::lifecycle {

namespace {

using base::Error;
using base::ExitCode;
using base::Result;
using kube::Object;

constexpr std::chrono::seconds kLasts{60};
constexpr std::chrono::seconds kRenew{15};

kube::Ref ref_of_lease(const LockName& name) {
  return kube::make_ref("coordination.k8s.io/v1", "Lease", name.ns, "weft-" + name.mesh);
}

std::string micro_time(base::WallTime time) {
  // MicroTime of the API has six digits, always.
  const auto whole = std::chrono::floor<std::chrono::seconds>(time);
  const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(time - whole).count();
  std::string text = base::format_rfc3339(base::WallTime(whole));
  text.pop_back();
  return fmt::format("{}.{:06}Z", text, micros);
}

struct Held {
  std::string holder;  // "" when nobody holds it
  base::Nanoseconds age{};
};

Held read_lease(const std::optional<Object>& lease, base::WallTime now) {
  if (!lease) return {};
  Held held{std::string(kube::text_at(*lease, {"spec", "holderIdentity"})), {}};
  const auto renewed = base::parse_rfc3339(kube::text_at(*lease, {"spec", "renewTime"}));
  held.age = renewed.ok() ? now - *renewed : base::Nanoseconds(kLasts);
  return held;
}

// "op holder" as it stands in holderIdentity.
std::string_view machine_of(std::string_view holder) { return holder.substr(holder.find(' ') + 1); }

}  // namespace

// `before` is applied first, by the same call.
Result<void> Lock::write(bool force, kube::Objects before) {
  Object lease = kube::stub_of(ref_of_lease(name_));
  doc::Value spec;
  spec.set("holderIdentity", fmt::format("{} {}", name_.op, name_.holder))
      .set("leaseDurationSeconds", static_cast<std::int64_t>(kLasts.count()))
      .set("renewTime", micro_time(work_.clock.wall()));
  lease.set("spec", std::move(spec));
  before.push_back(std::move(lease));
  const auto applied = work_.cluster.apply(
      before, {.force = force, .dry_run = false, .manager = "weft-" + name_.op});
  if (!applied.ok()) return applied.error();
  return {};
}

Result<std::unique_ptr<Lock>> Lock::take(Work& work, LockName name,
                                         const std::function<bool(const std::string&)>& is_dead,
                                         bool break_lock, const Object* home,
                                         bool home_is_missing) {
  std::unique_ptr<Lock> lock(new Lock(work, std::move(name)));
  lock->held_ = false;  // until it is: release() must not take away another's lease
  if (home != nullptr && home_is_missing && lock->write(false, {*home}).ok()) {
    lock->made_home_ = true;
    lock->begin_renewal();
    return lock;
  }
  std::vector<kube::Ref> refs{ref_of_lease(lock->name_)};
  if (home != nullptr) refs.push_back(kube::ref_of(*home));
  WEFT_TRY(found, work.cluster.get_each(refs));
  const auto& live = found.front();
  kube::Objects missing;
  if (home != nullptr && !found.back()) missing.push_back(*home);
  const Held held = read_lease(live, work.clock.wall());
  const bool stale = held.holder.empty() || break_lock || held.age >= kLasts ||
                     is_dead(std::string(machine_of(held.holder)));
  auto written =
      stale ? lock->write(live.has_value(), missing) : Result<void>(Error{ExitCode::cluster, ""});
  const bool taken =
      !stale || (!written.ok() && kube::failure_of(written.error()) == kube::Failure::conflict);
  if (taken)
    return Error{ExitCode::cluster, fmt::format("another weft works on {}", lock->name_.mesh),
                 "wait for it, or give --break-lock when you know that it is gone"}
        .because(
            fmt::format("Lease {}/weft-{} is held by {}, renewed {} ago", lock->name_.ns,
                        lock->name_.mesh, held.holder.empty() ? "another operation" : held.holder,
                        base::format_duration(std::chrono::floor<std::chrono::seconds>(held.age))));
  if (!written.ok()) return written.error();
  lock->made_home_ = !missing.empty();
  lock->begin_renewal();
  return lock;
}

void Lock::begin_renewal() {
  held_ = true;
  renewal_ = std::thread([this] { renew_until_released(); });
}

void Lock::renew_until_released() {
  std::unique_lock guard(mutex_);
  while (!released_.wait_for(guard, kRenew, [this] { return !held_; })) {
    guard.unlock();
    // A renewal that fails is tried again in time: three fit into the lease.
    static_cast<void>(write(true).ok());
    guard.lock();
  }
}

void Lock::release() {
  {
    const std::lock_guard guard(mutex_);
    if (!held_) return;
    held_ = false;
  }
  released_.notify_all();
  renewal_.join();
  // The namespace may be gone by now; a lease that stays behind runs out by itself.
  static_cast<void>(work_.last_words().remove({ref_of_lease(name_)}, {}).ok());
}

}  // namespace weft::lifecycle
