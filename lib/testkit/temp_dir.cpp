#include "lib/testkit/temp_dir.h"

#include <stdlib.h>

#include <filesystem>
#include <stdexcept>

namespace weft::testkit {

TempDir::TempDir() : path_((std::filesystem::temp_directory_path() / "weft-test.XXXXXX").string()) {
  if (::mkdtemp(path_.data()) == nullptr) throw std::runtime_error("cannot create " + path_);
}

TempDir::~TempDir() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace weft::testkit
