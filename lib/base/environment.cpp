#include "lib/base/environment.h"

#include <unistd.h>

namespace weft::base {

Environment Environment::of_process() {
  std::map<std::string, std::string, std::less<>> variables;
  for (char** entry = ::environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const auto equals = text.find('=');
    if (equals != std::string_view::npos)
      variables.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return Environment(std::move(variables));
}

std::optional<std::string> Environment::get(std::string_view name) const {
  const auto found = variables_.find(name);
  return found == variables_.end() ? std::nullopt : std::optional(found->second);
}

std::string Environment::get_or(std::string_view name, std::string_view fallback) const {
  const auto value = get(name);
  return value && !value->empty() ? *value : std::string(fallback);
}

std::string Environment::xdg(std::string_view name, std::string_view below_home) const {
  const std::string set = get_or(name, "");
  if (set.starts_with('/')) return set + "/weft";  // the specification: relative paths are ignored
  return get_or("HOME", "/tmp") + '/' + std::string(below_home) + "/weft";
}

std::string Environment::config_dir() const { return xdg("XDG_CONFIG_HOME", ".config"); }
std::string Environment::data_dir() const { return xdg("XDG_DATA_HOME", ".local/share"); }
std::string Environment::cache_dir() const { return xdg("XDG_CACHE_HOME", ".cache"); }
std::string Environment::state_dir() const { return xdg("XDG_STATE_HOME", ".local/state"); }

}  // namespace weft::base
