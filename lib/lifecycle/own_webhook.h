// Charts and trees may bring a webhook together with objects that it judges. It answers only a
// while after its pods are ready, so what it judges is offered again until then, for a minute. A
// webhook of others that does not answer, or one that refuses, is an error at once.
//
//   WEFT_CHECK(offer_to_own_webhook(work, step.objects, event, [&] { return apply(objects); }));
#pragma once

#include <functional>

#include "lib/kube/object.h"
#include "lib/lifecycle/work.h"

namespace weft::lifecycle {

// `objects` are those of the step, webhook and workloads among them; `event` tells of the waiting.
base::Result<void> offer_to_own_webhook(Work& work, const kube::Objects& objects, Event event,
                                        const std::function<base::Result<void>()>& offer);

}  // namespace weft::lifecycle
