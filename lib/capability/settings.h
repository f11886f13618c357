// Settings of a capability against its schema.
//
//   WEFT_TRY(settings, capability::check(*retry, document, value, "reviews.Retry"));
//   // "perTryTimeout must be a duration as 1m30s, found \"soon\"", at its place
#pragma once

#include "lib/capability/capability.h"

namespace weft::capability {

// The settings with durations in one form and defaults filled in; null stands for no settings.
// Unknown names (did-you-mean), wrong kinds, values out of range and missing ones are input
// errors at their place in `source`, which may be null. `path` names the settings in messages.
base::Result<doc::Value> check(const Capability& capability, const doc::Value& settings,
                               const doc::Source* source = nullptr, std::string_view path = {});

}  // namespace weft::capability
