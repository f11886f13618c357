#include "lib/base/environment.h"

#include <catch2/catch.hpp>

using weft::base::Environment;

namespace {

using Variables = std::map<std::string, std::string, std::less<>>;

}  // namespace

TEST_CASE("an empty variable is set, but stands for its fallback") {
  const Environment env(Variables{{"A", ""}, {"B", "b"}});
  CHECK(env.get("A") == "");
  CHECK(env.get("C") == std::nullopt);
  CHECK(env.get_or("A", "x") == "x");
  CHECK(env.get_or("B", "x") == "b");
}

TEST_CASE("folders are those of XDG, else the usual ones below HOME") {
  const Environment bare(Variables{{"HOME", "/home/ann"}});
  CHECK(bare.config_dir() == "/home/ann/.config/weft");
  CHECK(bare.data_dir() == "/home/ann/.local/share/weft");
  CHECK(bare.cache_dir() == "/home/ann/.cache/weft");
  CHECK(bare.state_dir() == "/home/ann/.local/state/weft");
  const Environment set(Variables{{"HOME", "/home/ann"}, {"XDG_DATA_HOME", "/data"}});
  CHECK(set.data_dir() == "/data/weft");
}

TEST_CASE("a relative XDG folder is ignored, as the specification wants") {
  const Environment env(Variables{{"HOME", "/home/ann"}, {"XDG_CACHE_HOME", "cache"}});
  CHECK(env.cache_dir() == "/home/ann/.cache/weft");
}
