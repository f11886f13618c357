#include "lib/lifecycle/own_webhook.h"

#include <algorithm>

#include "lib/kube/diagnose.h"
#include "lib/kube/errors.h"
#include "lib/lifecycle/readiness.h"

namespace weft::lifecycle {
namespace {

using base::Error;
using base::Result;

constexpr std::chrono::seconds kStart{60};
constexpr std::chrono::seconds kPause{2};

bool is_own(const Error& error, const kube::Objects& objects) {
  if (kube::failure_of(error) != kube::Failure::webhook) return false;
  const auto name = kube::webhook_in(error.cause);
  return name && std::ranges::any_of(objects, [&name](const kube::Object& object) {
           return std::ranges::any_of(kube::list_at(object, {"webhooks"}),
                                      [&](const doc::Value& webhook) {
                                        return kube::text_at(webhook, {"name"}) == *name;
                                      });
         });
}

// Helm stops where it fails: workloads that come later are not there yet.
Result<std::vector<kube::Target>> workloads_made(Work& work, const kube::Objects& objects) {
  const auto targets = workloads_of(objects);
  std::vector<kube::Ref> refs;
  refs.reserve(targets.size());
  for (const kube::Target& target : targets) refs.push_back(target.ref);
  WEFT_TRY(live, work.cluster.get_each(refs));
  std::vector<kube::Target> made;
  for (std::size_t i = 0; i < targets.size(); ++i)
    if (live[i]) made.push_back(targets[i]);
  return made;
}

}  // namespace

Result<void> offer_to_own_webhook(Work& work, const kube::Objects& objects, Event event,
                                  const std::function<Result<void>()>& offer) {
  auto offered = offer();
  if (offered.ok() || !is_own(offered.error(), objects)) return offered;
  WEFT_TRY(workloads, workloads_made(work, objects));
  WEFT_CHECK(wait_ready(work, workloads, event));
  event.what = Happening::waiting;
  event.text = "an admission webhook does not answer yet";
  const auto until = work.clock.monotonic() + kStart;
  while (!offered.ok() && is_own(offered.error(), objects) && work.clock.monotonic() < until) {
    work.tell(event);
    kube::pause(work.waiting({}), kPause);
    WEFT_CHECK(work.check("step " + event.release));
    offered = offer();
  }
  return offered;
}

}  // namespace weft::lifecycle
