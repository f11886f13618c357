#include "cmd/perf/profile.h"

#include <algorithm>
#include <filesystem>

#include "cmd/perf/results.h"
#include "lib/base/file.h"
#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/doc/read.h"

namespace weft::cmd {
namespace {

using base::Result;
using perf::Setting;

// Each phase may have its own; the rest says where a measurement comes from and goes to.
bool is_of_phase(const cli::Flag& flag) {
  constexpr std::string_view kGroups[] = {"Load", "Request", "gRPC", "TLS"};
  constexpr std::string_view kFlags[] = {"--slo", "--name", "--label"};
  return std::ranges::find(kGroups, flag.group) != std::end(kGroups) ||
         std::ranges::find(kFlags, flag.name) != std::end(kFlags);
}

Result<const cli::Flag*> find_flag(const doc::Document& profile,
                                   const std::vector<cli::Flag>& flags, const Setting& setting) {
  std::vector<std::string> names;
  for (const cli::Flag& flag : flags) {
    if (flag.hidden || flag.name == "--profile") continue;
    if (flag.name == setting.flag) return &flag;
    names.push_back(flag.name.substr(2));
  }
  const std::string word = setting.flag.substr(2);
  return profile.error(
      setting.position,
      fmt::format("weft perf run has no flag {}{}", setting.flag, base::did_you_mean(word, names)),
      "weft perf run --help lists them");
}

// Files are named as seen from the profile.
std::string value_for(const Setting& setting, const cli::Flag& flag, const std::string& folder) {
  if (!flag.value_name.ends_with("FILE") || setting.value == "-") return setting.value;
  const auto equals = flag.value_name == "FILE" ? std::string::npos : setting.value.find('=');
  const std::size_t begin = equals == std::string::npos ? 0 : equals + 1;
  const std::string path = setting.value.substr(begin);
  if (path.starts_with('/')) return setting.value;
  return fmt::format("{}{}/{}", setting.value.substr(0, begin), folder, path);
}

Result<void> apply(const doc::Document& profile, std::span<const Setting> settings,
                   const std::string& folder, bool phase, RunOptions& options) {
  const auto seen = options.seen;  // what was said before, and wins
  const std::vector<cli::Flag> flags = run_flags(options);
  std::set<std::string, std::less<>> fresh;
  for (const Setting& setting : settings) {
    WEFT_TRY(flag, find_flag(profile, flags, setting));
    if (phase && !is_of_phase(*flag))
      return profile.error(setting.position,
                           fmt::format("{} is not of a phase", setting.flag.substr(2)),
                           "say it beside phases, for all of them");
    if (seen.contains(setting.flag)) continue;
    if (!flag->choices.empty() &&
        std::ranges::find(flag->choices, setting.value) == flag->choices.end())
      return profile.error(setting.position,
                           fmt::format("{} must be one of {}", setting.flag.substr(2),
                                       base::join(flag->choices, ", ")));
    if (!fresh.insert(setting.flag).second && !flag->repeatable)
      return profile.error(setting.position,
                           fmt::format("{} is said twice", setting.flag.substr(2)));
    if (!flag->repeatable)
      std::erase_if(options.given, [&](const GivenFlag& one) { return one.name == setting.flag; });
    auto set = flag->set(value_for(setting, *flag, folder));
    if (!set.ok())
      return profile.error(setting.position,
                           fmt::format("{}: {}", setting.flag.substr(2), set.error().message),
                           set.error().remedy);
  }
  options.seen = seen;
  return {};
}

std::string folder_of(Context& context, const RunOptions& options) {
  const std::filesystem::path path = path_in(context, options.profile);
  const auto folder = path.parent_path().string();
  return folder.empty() ? "." : folder;
}

}  // namespace

Result<ReadProfile> read_profile(Context& context, const RunOptions& options) {
  const std::string path = path_in(context, options.profile);
  WEFT_TRY(text, base::read_file(path));
  WEFT_TRY(document, doc::read(doc::Source(path, std::move(text))));
  WEFT_TRY(settings, perf::read_settings(document));
  return ReadProfile{std::move(document), std::move(settings)};
}

Result<void> apply_profile(Context& context, RunOptions& options) {
  if (options.profile.empty()) return {};
  WEFT_TRY(profile, read_profile(context, options));
  return apply(profile.document, profile.settings.settings, folder_of(context, options), false,
               options);
}

Result<RunOptions> options_of_phase(Context& context, const RunOptions& options,
                                    const doc::Document& profile, const perf::ProfilePhase& phase) {
  RunOptions own = options;
  own.flags.labels["phase"] = phase.name;
  WEFT_CHECK(apply(profile, phase.settings, folder_of(context, options), true, own));
  return own;
}

}  // namespace weft::cmd
