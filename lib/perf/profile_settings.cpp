#include "lib/perf/profile_settings.h"

#include <algorithm>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/doc/write.h"

namespace weft::perf {
namespace {

using base::Result;
using doc::Document;
using doc::Value;

constexpr std::string_view kKey = "weft";
constexpr std::size_t kMostPhases = 1000;

// What may hold a map.
const std::vector<std::string>& sections() {
  static const std::vector<std::string> names(std::begin(kProfileCommands),
                                              std::end(kProfileCommands));
  return names;
}

Result<Setting> setting_of(const Document& profile, std::string_view key, const Value& value) {
  Setting setting{.flag = fmt::format("--{}", key), .value = {}, .position = value.position()};
  std::ranges::replace(setting.flag, '_', '-');
  if (value.is_string())
    setting.value = value.string();
  else if (value.is_number() || value.is_bool())
    setting.value = doc::write_json(value, 0);
  else
    return profile.error(value.position(),
                         fmt::format("{} must be text, a number, true or false{}", key,
                                     value.is_map() ? base::did_you_mean(key, sections()) : ""),
                         fmt::format("write what {} takes on the command line", setting.flag));
  while (setting.value.ends_with('\n') && !value.is_string()) setting.value.pop_back();
  return setting;
}

Result<void> read_member(const Document& profile, const doc::Member& member,
                         std::vector<Setting>& settings) {
  if (!member.value.is_list()) {
    WEFT_TRY(one, setting_of(profile, member.key, member.value));
    settings.push_back(std::move(one));
    return {};
  }
  for (const Value& item : member.value.items()) {
    WEFT_TRY(one, setting_of(profile, member.key, item));
    settings.push_back(std::move(one));
  }
  return {};
}

Result<void> read_phases(const Document& profile, const Value& list, ProfileSettings& out) {
  if (!list.is_list() || list.size() == 0 || list.size() > kMostPhases)
    return profile.error(list.position(),
                         fmt::format("phases must be a list of 1 to {} maps", kMostPhases));
  for (const Value& item : list.items()) {
    ProfilePhase phase{.name = fmt::format("phase {}", out.phases.size() + 1), .settings = {}};
    if (!item.is_map())
      return profile.error(item.position(), "a phase must be a map of flags",
                           "write it like {name: hold, qps: 100, duration: 1m}");
    for (const doc::Member& member : item.members()) {
      if (member.key != "name") {
        WEFT_CHECK(read_member(profile, member, phase.settings));
      } else if (member.value.is_string() && !member.value.string().empty()) {
        phase.name = member.value.string();
      } else {
        return profile.error(member.value.position(), "the name of a phase must be text");
      }
    }
    for (const ProfilePhase& other : out.phases)
      if (other.name == phase.name)
        return profile.error(item.position(), fmt::format("two phases are named {}", phase.name));
    out.phases.push_back(std::move(phase));
  }
  return {};
}

bool is_command(std::string_view key) {
  return std::ranges::find(kProfileCommands, key) != std::end(kProfileCommands);
}

Result<std::vector<Setting>> read_command(const Document& profile, const doc::Member& section) {
  if (!section.value.is_map())
    return profile.error(section.value.position(),
                         fmt::format("{0} must be a map of flags of weft perf {0}", section.key));
  std::vector<Setting> settings;
  for (const doc::Member& member : section.value.members())
    WEFT_CHECK(read_member(profile, member, settings));
  return settings;
}

}  // namespace

Result<ProfileSettings> read_settings(const Document& profile) {
  ProfileSettings out;
  const Value* section = profile.root.find(kKey);
  if (const Value* test = profile.root.find("test"); section == nullptr && test != nullptr)
    section = test->find(kKey);
  if (section == nullptr) return out;
  if (!section->is_map())
    return profile.error(section->position(), "weft must be a map of flags of weft perf run");
  for (const doc::Member& member : section->members()) {
    if (member.key == "phases") {
      WEFT_CHECK(read_phases(profile, member.value, out));
    } else if (is_command(member.key)) {
      WEFT_TRY(own, read_command(profile, member));
      out.commands.emplace(std::string_view(member.key), std::move(own));
    } else {
      WEFT_CHECK(read_member(profile, member, out.settings));
    }
  }
  return out;
}

}  // namespace weft::perf
