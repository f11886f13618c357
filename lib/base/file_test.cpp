#include "lib/base/file.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>

namespace weft::base {

TEST_CASE("a written file is read back and replaces the old one whole") {
  std::string folder = (std::filesystem::temp_directory_path() / "weft-file-XXXXXX").string();
  REQUIRE(::mkdtemp(folder.data()) != nullptr);
  const std::string path = folder + "/a/b/result.json";
  REQUIRE(write_file(path, "one").ok());
  REQUIRE(write_file(path, "two").ok());
  CHECK(read_file(path).value() == "two");
  CHECK(std::distance(std::filesystem::directory_iterator(folder + "/a/b"), {}) == 1);

  SECTION("a file over the limit is refused by name") {
    const auto result = read_file(path, 2);
    REQUIRE_FALSE(result.ok());
    CHECK(result.error().message == path + " is larger than 2 B");
  }
  SECTION("a secret is readable by its owner only, whoever could read it before") {
    REQUIRE(write_file(path, "secret", Access::owner).ok());
    using std::filesystem::perms;
    CHECK(std::filesystem::status(path).permissions() == (perms::owner_read | perms::owner_write));
  }
  SECTION("a folder is made anew and is its owner's") {
    REQUIRE(create_folder(folder + "/mine").ok());
    using std::filesystem::perms;
    CHECK(std::filesystem::status(folder + "/mine").permissions() == perms::owner_all);
    CHECK(create_folder(folder + "/mine").error().cause == "File exists");
  }
  SECTION("a folder or a missing file is an input error with the system's reason") {
    CHECK(read_file(folder).error().code == ExitCode::input);
    CHECK(read_file(folder + "/none").error().cause == "No such file or directory");
    CHECK_FALSE(write_file(folder, "x").ok());
  }
  std::filesystem::remove_all(folder);
}

}  // namespace weft::base
