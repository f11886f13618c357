// Settings that are not on the command line. For a flag with the key "perf.qps", the first of
// these that has it: WEFT_PERF_QPS, .weft.yaml in the working directory or the nearest folder
// above, config.yaml in $XDG_CONFIG_HOME/weft, the flag's default.
//
//   # .weft.yaml
//   perf:
//     qps: 500
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "lib/base/environment.h"
#include "lib/base/result.h"
#include "lib/cli/command.h"
#include "lib/cli/parse.h"

namespace weft::cmd {

// A flag of some command that may come from settings. Flags that share a key share the setting.
struct KnownKey {
  std::string key;
  std::string default_text;
  bool repeatable = false;
};
std::vector<KnownKey> known_keys(const cli::Command& tree, const std::vector<cli::Flag>& globals);

struct ConfigPaths {
  std::optional<std::string> project;  // the .weft.yaml found
  std::string user;                    // whether it exists or not
};
ConfigPaths config_paths(const base::Environment& env, const std::string& directory);

class Config {
 public:
  // The environment alone.
  explicit Config(const base::Environment& env) : env_(&env) {}
  // With the files. A file that cannot be read, an unknown key or a value of the wrong shape is an
  // input error with its position; a file that does not exist is none.
  static base::Result<Config> load(const base::Environment& env, const std::string& directory,
                                   const std::vector<KnownKey>& known);

  std::optional<cli::Setting> find(const std::string& key) const;

 private:
  using File = std::map<std::string, cli::Setting, std::less<>>;
  static base::Result<File> read(const std::string& path, const std::vector<KnownKey>& known);

  const base::Environment* env_;
  std::vector<File> files_;  // the nearest first
};

}  // namespace weft::cmd
