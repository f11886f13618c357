#include "lib/base/error.h"

#include <catch2/catch.hpp>
#include <cerrno>
#include <set>

using namespace weft::base;

TEST_CASE("a place leaves out what is unknown") {
  CHECK(Where{.source = "a.yaml", .line = 14, .column = 9}.text() == "a.yaml:14:9");
  CHECK(Where{.source = "a.yaml", .line = 14}.text() == "a.yaml:14");
  CHECK(Where{.source = "a.yaml", .column = 9}.text() == "a.yaml");
}

TEST_CASE("an error of the system says which and why") {
  const Error error = system_error(ExitCode::input, "cannot open a.json", ENOENT);
  CHECK(error.message == "cannot open a.json");
  CHECK(error.cause == "No such file or directory");
  CHECK(error.code == ExitCode::input);
}

TEST_CASE("every exit code has one row, in order, with a name and a meaning") {
  std::set<std::string_view> names;
  int last = -1;
  for (const ExitCodeRow& row : exit_codes()) {
    CHECK(static_cast<int>(row.code) > last);
    last = static_cast<int>(row.code);
    CHECK(names.insert(row.name).second);
    CHECK_FALSE(row.meaning.empty());
  }
  CHECK(exit_codes().size() == 11);
}
