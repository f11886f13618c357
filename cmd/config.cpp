#include "cmd/config.h"

#include <algorithm>
#include <filesystem>

#include "lib/base/file.h"
#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/cli/help.h"
#include "lib/doc/read.h"

namespace weft::cmd {
namespace {

namespace fs = std::filesystem;
using base::Error;
using base::Result;
using doc::Value;

constexpr std::uint64_t kLargestFile = 1u << 20;

void collect(const std::vector<cli::Flag>& flags, std::vector<KnownKey>& keys) {
  for (const cli::Flag& flag : flags) {
    const auto same = [&flag](const KnownKey& key) { return key.key == flag.config_key; };
    if (!flag.config_key.empty() && std::none_of(keys.begin(), keys.end(), same))
      keys.push_back({flag.config_key, flag.default_text, flag.repeatable});
  }
}

void collect(const cli::Command& command, std::vector<KnownKey>& keys) {
  collect(command.flags, keys);
  for (const cli::Command& sub : command.commands) collect(sub, keys);
}

std::optional<std::string> scalar_text(const Value& value) {
  if (value.is_string()) return value.string().str();
  if (value.is_bool()) return value.boolean() ? "true" : "false";
  if (value.is_int()) return std::to_string(value.integer());
  if (value.is_number()) return fmt::format("{}", value.number());
  return std::nullopt;
}

// Walks a document and gathers the settings in it.
class FileReader {
 public:
  FileReader(const doc::Document& document, const std::vector<KnownKey>& known)
      : document_(document), known_(known) {}

  Result<void> gather(const Value& map, const std::string& prefix) {
    if (!map.is_map())
      return document_.error(map.position(),
                             fmt::format("a map is expected here, not a {}", map.kind_name()));
    for (const doc::Member& member : map.members()) {
      const std::string key = prefix + member.key;
      if (const KnownKey* known = find(key)) {
        WEFT_CHECK(take(*known, member.value));
      } else if (is_group(key)) {
        WEFT_CHECK(gather(member.value, key + '.'));
      } else {
        return unknown(key, member.key_position);
      }
    }
    return {};
  }

  std::map<std::string, cli::Setting, std::less<>> settings;

 private:
  const KnownKey* find(const std::string& key) const {
    for (const KnownKey& known : known_)
      if (known.key == key) return &known;
    return nullptr;
  }

  bool is_group(const std::string& key) const {
    return std::any_of(known_.begin(), known_.end(),
                       [&key](const KnownKey& known) { return known.key.starts_with(key + '.'); });
  }

  Error unknown(const std::string& key, doc::Position position) const {
    std::vector<std::string> names;
    for (const KnownKey& known : known_) {
      names.push_back(known.key);
      names.push_back(known.key.substr(0, known.key.find('.')));
    }
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return document_.error(
        position, fmt::format("there is no setting {}{}", key, base::did_you_mean(key, names)),
        "weft config view lists all settings");
  }

  Result<void> take(const KnownKey& known, const Value& value) {
    cli::Setting setting{{}, document_.source->name(), document_.source->where(value.position())};
    const bool list = known.repeatable && value.is_list();
    for (const Value& item : list ? value.items() : Value::List{value}) {
      const auto text = scalar_text(item);
      if (!text)
        return document_.error(
            item.position(),
            fmt::format("{} wants a {}, not a {}", known.key,
                        known.repeatable ? "list of values" : "single value", item.kind_name()));
      setting.values.push_back(*text);
    }
    settings.emplace(known.key, std::move(setting));
    return {};
  }

  const doc::Document& document_;
  const std::vector<KnownKey>& known_;
};

}  // namespace

std::vector<KnownKey> known_keys(const cli::Command& tree, const std::vector<cli::Flag>& globals) {
  std::vector<KnownKey> keys;
  collect(globals, keys);
  collect(tree, keys);
  std::sort(keys.begin(), keys.end(),
            [](const KnownKey& a, const KnownKey& b) { return a.key < b.key; });
  return keys;
}

ConfigPaths config_paths(const base::Environment& env, const std::string& directory) {
  ConfigPaths paths{std::nullopt, env.config_dir() + "/config.yaml"};
  std::error_code ignored;
  for (fs::path folder = directory; !folder.empty(); folder = folder.parent_path()) {
    const fs::path candidate = folder / ".weft.yaml";
    if (fs::exists(candidate, ignored)) {
      paths.project = candidate.string();
      break;
    }
    if (folder == folder.parent_path()) break;
  }
  return paths;
}

Result<Config::File> Config::read(const std::string& path, const std::vector<KnownKey>& known) {
  WEFT_TRY(text, base::read_file(path, kLargestFile));
  WEFT_TRY(documents, doc::read_yaml(doc::Source(path, std::move(text))));
  if (documents.empty()) return File{};
  if (documents.size() > 1)
    return documents[1].error(documents[1].root.position(), "more than one document");
  FileReader reader(documents.front(), known);
  WEFT_CHECK(reader.gather(documents.front().root, ""));
  return std::move(reader.settings);
}

Result<Config> Config::load(const base::Environment& env, const std::string& directory,
                            const std::vector<KnownKey>& known) {
  Config config(env);
  const ConfigPaths paths = config_paths(env, directory);
  std::error_code ignored;
  for (const std::string& path : {paths.project.value_or(""), paths.user}) {
    if (path.empty() || !fs::exists(path, ignored)) continue;
    WEFT_TRY(file, read(path, known));
    config.files_.push_back(std::move(file));
  }
  return config;
}

std::optional<cli::Setting> Config::find(const std::string& key) const {
  const std::string variable = cli::environment_name(key);
  if (const auto value = env_->get(variable); value && !value->empty())
    return cli::Setting{{*value}, variable, {}};
  for (const File& file : files_)
    if (const auto found = file.find(key); found != file.end()) return found->second;
  return std::nullopt;
}

}  // namespace weft::cmd
