#include "lib/lifecycle/backup.h"

#include <array>

#include "lib/base/file.h"
#include "lib/base/format.h"
#include "lib/doc/write.h"
#include "lib/lifecycle/leftovers.h"

namespace weft::lifecycle {

namespace {

constexpr std::array<std::string_view, 6> kServerFields{
    "managedFields", "resourceVersion", "uid", "creationTimestamp", "generation", "selfLink"};

doc::Value without(const doc::Value& map, std::span<const std::string_view> keys) {
  doc::Value out = doc::Value::map();
  for (const auto& member : map.members())
    if (std::find(keys.begin(), keys.end(), member.key) == keys.end())
      out.set(member.key, member.value);
  return out;
}

}  // namespace

base::Result<std::string> back_up(Work& work, const kube::Objects& crds, const std::string& mesh,
                                  const std::string& op, const std::string& folder) {
  WEFT_TRY(objects, custom_resources(work, crds));
  if (objects.empty()) return std::string();
  constexpr std::array<std::string_view, 1> kStatus{"status"};
  std::string text;
  for (const kube::Objects* some : {&crds, static_cast<const kube::Objects*>(&objects)})
    for (const kube::Object& object : *some) {
      doc::Value kept = without(object, kStatus);
      if (const doc::Value* metadata = kept.find("metadata");
          metadata != nullptr && metadata->is_map())
        kept.set("metadata", without(*metadata, kServerFields));
      text += "---\n" + doc::write_yaml(kept);
    }
  const std::string path = fmt::format("{}/backups/{}-{}.yaml", folder, mesh, op);
  WEFT_CHECK(base::write_file(path, text, base::Access::owner));
  return path;
}

}  // namespace weft::lifecycle
