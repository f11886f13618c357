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

using base::Error;
using base::Result;
using perf::Setting;

// Each phase may have its own; the rest says where a measurement comes from and goes to.
bool is_of_phase(const cli::Flag& flag) {
  constexpr std::string_view kGroups[] = {"Load", "Request", "gRPC", "TLS"};
  constexpr std::string_view kFlags[] = {"--slo", "--name", "--label"};
  return std::ranges::find(kGroups, flag.group) != std::end(kGroups) ||
         std::ranges::find(kFlags, flag.name) != std::end(kFlags);
}

const cli::Flag* flag_named(std::span<const cli::Flag> flags, std::string_view name) {
  for (const cli::Flag& flag : flags)
    if (flag.name == name && !flag.hidden && flag.name != "--profile") return &flag;
  return nullptr;
}

// A command whose flags a part of the profile sets.
struct Taker {
  std::string_view command;  // "run"
  std::span<const cli::Flag> flags;
};

Error unknown_flag(const doc::Document& profile, const Taker& taker, const Setting& setting) {
  std::vector<std::string> names;
  for (const cli::Flag& flag : taker.flags)
    if (!flag.hidden && flag.name != "--profile") names.push_back(flag.name.substr(2));
  return profile.error(setting.position,
                       fmt::format("weft perf {} has no flag {}{}", taker.command, setting.flag,
                                   base::did_you_mean(setting.flag.substr(2), names)),
                       fmt::format("weft perf {} --help lists them", taker.command));
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

// Where settings are read, and for whom.
struct Part {
  const doc::Document& profile;
  std::string folder;
  Taker taker;
  bool phase = false;
};

Result<void> check_setting(const Part& part, const Setting& setting, const cli::Flag& flag) {
  const std::string name = setting.flag.substr(2);
  if (part.phase && !is_of_phase(flag))
    return part.profile.error(setting.position, fmt::format("{} is not of a phase", name),
                              "say it beside phases, for all of them");
  if (!flag.choices.empty() && std::ranges::find(flag.choices, setting.value) == flag.choices.end())
    return part.profile.error(setting.position, fmt::format("{} must be one of {}", name,
                                                            base::join(flag.choices, ", ")));
  return {};
}

// What is in options.seen wins and is passed over; what is set here is in it afterwards.
Result<void> apply(const Part& part, std::span<const Setting> settings, RunOptions& options) {
  const auto seen = options.seen;
  std::set<std::string, std::less<>> fresh;
  for (const Setting& setting : settings) {
    const cli::Flag* flag = flag_named(part.taker.flags, setting.flag);
    if (flag == nullptr) return unknown_flag(part.profile, part.taker, setting);
    WEFT_CHECK(check_setting(part, setting, *flag));
    if (seen.contains(setting.flag)) continue;
    if (!fresh.insert(setting.flag).second && !flag->repeatable)
      return part.profile.error(setting.position,
                                fmt::format("{} is said twice", setting.flag.substr(2)));
    if (!flag->repeatable)
      std::erase_if(options.given, [&](const GivenFlag& one) { return one.name == setting.flag; });
    auto set = flag->set(value_for(setting, *flag, part.folder));
    if (!set.ok())
      return part.profile.error(setting.position,
                                fmt::format("{}: {}", setting.flag.substr(2), set.error().message),
                                set.error().remedy);
  }
  return {};
}

// What is said for weft perf run, as far as another command has a use for it. What describes the
// load is passed over in silence, since such a command has its own way of choosing it.
Result<std::vector<Setting>> usable(Context& context, const ReadProfile& profile,
                                    const Taker& taker, std::span<const cli::Flag> run) {
  std::vector<Setting> settings;
  std::vector<std::string> passed;
  for (const Setting& setting : profile.settings.settings) {
    const cli::Flag* flag = flag_named(run, setting.flag);
    if (flag == nullptr) return unknown_flag(profile.document, {"run", run}, setting);
    if (flag_named(taker.flags, setting.flag) != nullptr)
      settings.push_back(setting);
    else if (flag->group != "Load")
      passed.push_back(setting.flag.substr(2));
  }
  if (!profile.settings.phases.empty()) passed.emplace_back("phases");
  if (!passed.empty() && !context.quiet)
    context.err << fmt::format("note: weft perf {} has no use for this of the profile: {}\n",
                               taker.command, base::join(passed, ", "));
  return settings;
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

Result<void> apply_profile(Context& context, RunOptions& options, std::string_view command,
                           std::vector<cli::Flag> flags) {
  if (options.profile.empty()) return {};
  WEFT_TRY(profile, read_profile(context, options));
  const auto said = options.seen;
  const auto run = run_flags(options);
  Part part{profile.document, folder_of(context, options), {command, flags}};
  if (const auto own = profile.settings.commands.find(command);
      own != profile.settings.commands.end())
    WEFT_CHECK(apply(part, own->second, options));
  for (const char* name : {"--name", "--label"})  // of any result
    if (flag_named(flags, name) == nullptr) flags.push_back(*flag_named(run, name));
  part.taker.flags = flags;
  if (command == "run") {
    WEFT_CHECK(apply(part, profile.settings.settings, options));
  } else {
    WEFT_TRY(settings, usable(context, profile, part.taker, run));
    WEFT_CHECK(apply(part, settings, options));
  }
  options.seen = said;  // phases win over what is beside them
  return {};
}

Result<RunOptions> options_of_phase(Context& context, const RunOptions& options,
                                    const doc::Document& profile, const perf::ProfilePhase& phase) {
  RunOptions own = options;
  own.flags.labels["phase"] = phase.name;
  const auto flags = run_flags(own);
  WEFT_CHECK(
      apply({profile, folder_of(context, options), {"run", flags}, true}, phase.settings, own));
  own.seen = options.seen;
  return own;
}

}  // namespace weft::cmd
