// A copy of the process environment, so that the library never reads it by itself, and the
// XDG base directories derived from it (XDG Base Directory Specification 0.8).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace weft::base {

class Environment {
 public:
  Environment() = default;
  explicit Environment(std::map<std::string, std::string, std::less<>> variables)
      : variables_(std::move(variables)) {}
  static Environment of_process();

  std::optional<std::string> get(std::string_view name) const;  // empty counts as set
  std::string get_or(std::string_view name, std::string_view fallback) const;

  std::string config_dir() const;  // $XDG_CONFIG_HOME/weft
  std::string data_dir() const;    // $XDG_DATA_HOME/weft
  std::string cache_dir() const;   // $XDG_CACHE_HOME/weft
  std::string state_dir() const;   // $XDG_STATE_HOME/weft

  const std::map<std::string, std::string, std::less<>>& variables() const { return variables_; }

 private:
  std::string xdg(std::string_view name, std::string_view below_home) const;
  std::map<std::string, std::string, std::less<>> variables_;
};

}  // namespace weft::base
