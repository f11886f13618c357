#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/linkerd/linkerd.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const Resource* profile : in.all(kinds::service_profile)) {
    const std::string name = service_of(*profile);
    const std::size_t slash = name.find('/');
    if (slash == std::string::npos) continue;
    const Resource* service =
        in.find(kinds::service, name.substr(0, slash), name.substr(slash + 1));
    if (service == nullptr) continue;
    for (const Member& annotation : members(service->annotations()))
      if (annotation.key.starts_with("retry.linkerd.io/") ||
          annotation.key.starts_with("timeout.linkerd.io/"))
        out.add(*service, &annotation.value,
                fmt::format("{} hides {}", profile->title(), annotation.key))
            .with("annotation", annotation.key);
  }
}

}  // namespace

Rule wl014() {
  return {.id = "WL014",
          .slug = "profile-hides-annotations",
          .mesh = "Linkerd",
          .category = "resiliency",
          .title = "retries and timeouts of a Service that a ServiceProfile hides",
          .why =
              "Where a ServiceProfile exists Linkerd reads timeouts and retries from it alone, and "
              "passes over these annotations.",
          .remedy = "set timeout and isRetryable in the profile, or delete the profile",
          .check = check};
}

}  // namespace weft::rules
