#include "lib/kube/events.h"

#include <algorithm>

#include "lib/base/format.h"
#include "lib/base/text.h"

namespace weft::kube {
namespace {

// The core API and events.k8s.io name these differently; kubectl may answer with either.
std::string_view last_time(const Object& event) {
  for (std::string_view time :
       {text_at(event, {"series", "lastObservedTime"}), text_at(event, {"lastTimestamp"}),
        text_at(event, {"eventTime"}), text_at(event, {"deprecatedLastTimestamp"}),
        text_at(event, {"metadata", "creationTimestamp"})})
    if (!time.empty()) return time;
  return {};
}

const doc::Value* subject_of(const Object& event) {
  const doc::Value* subject = event.find("involvedObject");
  return subject != nullptr ? subject : event.find("regarding");
}

EventText read_event(const Object& event, const Ref& about) {
  const std::int64_t count = int_at(event, {"count"}, 1);
  return {.time = std::string(last_time(event)),
          .reason = std::string(text_at(event, {"reason"})),
          .object = fmt::format("{} {}", about.kind, about.name),
          .message = std::string(text_at(event, {"message"}, text_at(event, {"note"}))),
          .count = std::max(count, int_at(event, {"series", "count"}, 1))};
}

void newest_first(std::vector<const Object*>& objects) {
  std::stable_sort(objects.begin(), objects.end(), [](const Object* a, const Object* b) {
    return text_at(*a, {"metadata", "creationTimestamp"}) >
           text_at(*b, {"metadata", "creationTimestamp"});
  });
}

}  // namespace

std::vector<const Object*> pods_of(const Object& workload, const Surroundings& around) {
  std::vector<const Object*> found;
  const Ref self = ref_of(workload);
  const doc::Value* selector = at(workload, {"spec", "selector"});
  for (const Object& pod : around.pods) {
    const bool own = self.kind == "Pod" ? name_of(pod) == self.name
                                        : matches(selector, at(pod, {"metadata", "labels"}));
    if (own && namespace_of(pod) == self.ns) found.push_back(&pod);
  }
  newest_first(found);
  return found;
}

std::vector<const Object*> replica_sets_of(const Object& workload, const Surroundings& around) {
  std::vector<const Object*> found;
  const Ref self = ref_of(workload);
  for (const Object& set : around.replica_sets)
    for (const doc::Value& owner : list_at(set, {"metadata", "ownerReferences"}))
      if (namespace_of(set) == self.ns && text_at(owner, {"kind"}) == self.kind &&
          text_at(owner, {"name"}) == self.name)
        found.push_back(&set);
  newest_first(found);
  return found;
}

std::vector<EventText> warnings_about(const Ref& object, const Objects& events) {
  std::vector<EventText> found;
  for (const Object& event : events) {
    const doc::Value* subject = subject_of(event);
    if (subject == nullptr || text_at(event, {"type"}) != "Warning") continue;
    if (text_at(*subject, {"kind"}) == object.kind && text_at(*subject, {"name"}) == object.name &&
        text_at(*subject, {"namespace"}) == object.ns)
      found.push_back(read_event(event, object));
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const EventText& a, const EventText& b) { return a.time < b.time; });
  return found;
}

std::vector<std::string> last_warnings(const Object& workload, const Surroundings& around,
                                       std::size_t limit) {
  std::vector<EventText> all = warnings_about(ref_of(workload), around.events);
  const auto add = [&](const std::vector<const Object*>& objects) {
    for (const Object* object : objects)
      for (EventText& event : warnings_about(ref_of(*object), around.events))
        all.push_back(std::move(event));
  };
  add(replica_sets_of(workload, around));
  if (ref_of(workload).kind != "Pod") add(pods_of(workload, around));
  std::stable_sort(all.begin(), all.end(),
                   [](const EventText& a, const EventText& b) { return a.time < b.time; });
  std::vector<std::string> lines;
  for (std::size_t i = all.size() > limit ? all.size() - limit : 0; i < all.size(); ++i) {
    const EventText& event = all[i];
    lines.push_back(
        fmt::format("{} {}: {}", event.reason, event.object, base::trim(event.message)));
    if (event.count > 1) lines.back() += fmt::format(" ({} times)", event.count);
  }
  return lines;
}

}  // namespace weft::kube
