# testdata/rules/<id>/{bad,good}.yaml as a source file: the examples of `weft explain`.

file(GLOB fixtures CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/testdata/rules/*/*.yaml)
set(rows "")
foreach(fixture IN LISTS fixtures)
  get_filename_component(name ${fixture} NAME_WE)
  get_filename_component(folder ${fixture} DIRECTORY)
  get_filename_component(id ${folder} NAME)
  file(READ ${fixture} text)
  string(APPEND rows "    {\"${id}\", \"${name}\", R\"weft(${text})weft\"},\n")
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${fixture})
endforeach()
file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/rule_fixtures.cpp @ONLY CONTENT
"#include <cstddef>
#include <string_view>
namespace weft::rules {
struct Fixture {
  std::string_view id;
  std::string_view name;
  std::string_view text;
};
extern const Fixture kFixtures[] = {
@rows@    {}};
extern const std::size_t kFixtureCount = sizeof kFixtures / sizeof kFixtures[0] - 1;
}  // namespace weft::rules
")
target_sources(weft_rules PRIVATE ${PROJECT_BINARY_DIR}/rule_fixtures.cpp)
