#include "lib/testkit/paths.h"

#include <cstdlib>
#include <filesystem>

namespace weft::testkit {

std::string testdata(const std::string& name) {
  return std::string(WEFT_SOURCE_DIR "/testdata/") + name;
}

std::optional<std::string> realdata(const std::string& name) {
  const char* set = std::getenv("WEFT_REALDATA");
  const std::string path =
      (set != nullptr ? std::string(set) : WEFT_SOURCE_DIR "/../shared/realdata") + '/' + name;
  return std::filesystem::exists(path) ? std::optional(path) : std::nullopt;
}

}  // namespace weft::testkit
